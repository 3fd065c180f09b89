/** A failed connection in words: what happened, and the way out. */
export interface FailureWords {
  readonly message: string;
  readonly hint: string;
}

/** Where and how we connected, as the words need it. */
export interface FailedConnection {
  /** `wumbo at db.example.com:5432`. */
  readonly label: string;
  readonly host: string;
}

const rdsBundle = 'https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem';
const caVerification = 'if the name cannot be had, PGSSLMODE=verify-ca checks the authority alone';

/** Whether the two sides could not agree on TLS: no TLS at all, a certificate that is not trusted, a broken handshake. */
export function isTlsFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    /CERT|SELF_SIGNED|VERIFY|ALTNAME|^ERR_SSL|^ERR_TLS|^ERR_OSSL|^EPROTO/.test(codeOf(error)) ||
    speaksNoTls(error) ||
    error.message.includes('error establishing an SSL connection')
  );
}

/** The words for a failure of TLS; codes are OpenSSL's as Node names them (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
export function describeTlsFailure(error: Error, { label, host }: FailedConnection): FailureWords {
  if (speaksNoTls(error)) {
    return {
      message: `The server of ${label} speaks no TLS.`,
      hint: 'If that is meant, add ?sslmode=disable or set PGSSLMODE=disable.',
    };
  }
  const certificate = `The certificate of ${label}`;
  switch (codeOf(error)) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        message: `${certificate} is for another name than "${host}"${namesIn(error)}.`,
        hint: `Connect by a name that it has (on RDS the endpoint's own, no CNAME for it); ${caVerification}.`,
      };
    case 'CERT_HAS_EXPIRED':
      return {
        message: `${certificate} has expired, or an authority's above it.`,
        hint: 'Renew it on the server (on RDS: rotate its CA), and look whether the clock of this machine is right.',
      };
    case 'CERT_NOT_YET_VALID':
      return { message: `${certificate} is not valid yet.`, hint: 'Set the clock of this machine.' };
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return {
        message: `${certificate} cannot be trusted: it is signed by itself.`,
        hint: 'Set PGSSLROOTCERT to a copy of that certificate, got from its owner.',
      };
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
      return {
        message: `${certificate} cannot be trusted: an authority that is not among the roots signed it.`,
        hint: `Set PGSSLROOTCERT to the authority that signed it; RDS: ${rdsBundle}.`,
      };
    default:
      return {
        message: `TLS with ${label} failed: ${error.message.split('\n')[0]?.replace(/\.$/, '') ?? codeOf(error)}.`,
        hint: 'Look into the server’s log, and check PGSSLROOTCERT, PGSSLCERT and PGSSLKEY.',
      };
  }
}

function speaksNoTls({ message }: Error): boolean {
  return message.includes('does not support SSL');
}

/** `(it has DNS:a, DNS:b)`: Node's error carries the certificate. */
function namesIn(error: Error): string {
  const names = (error as { readonly cert?: { readonly subjectaltname?: string } }).cert?.subjectaltname;
  return names === undefined ? '' : ` (it has ${names.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200)})`;
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}
