# The runner as an image: Node, one bundled program, RDS's root certificates and the revisions; no shell, no package manager,
# nothing to write.
#
#   docker build -t wumbo-migrations --build-arg GIT_SHA="$(git rev-parse HEAD)" .
#   docker run --rm --read-only --cap-drop ALL -e DATABASE_URL=… wumbo-migrations              # upgrade head
#   docker run --rm --read-only --cap-drop ALL -e DATABASE_URL=… wumbo-migrations check
#
# For revisions of your own, `docker build --target runner -t wumbo-migrations-runner .` leaves Wumbo's out, and two lines add yours:
#
#   FROM wumbo-migrations-runner
#   COPY migrations /migrations
#
# Plain instructions only (no RUN --mount, COPY --chmod), so that every builder understands them.

# The bundle is the same for every processor, so this stage runs on the builder's own. Without BuildKit the variable is not
# set, and `linux` alone means the same.
FROM --platform=${BUILDPLATFORM:-linux} node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
# No package needs its install script here: esbuild's program is a package of its own, and Node is there already.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts scripts
COPY src src
COPY migrations /revisions/migrations
# AWS's own bundle in the place of the one that npm has, which lacks the newest regions (scripts/rds-roots.ts):
#   --build-arg RDS_ROOTS_URL=https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem --build-arg RDS_ROOTS_SHA256=…
ARG RDS_ROOTS_URL=
ARG RDS_ROOTS_SHA256=
# Seconds since 1970 for every file of ours, so that the same sources give the same layers: `git log -1 --format=%ct`.
ARG SOURCE_DATE_EPOCH=0
# What the final stages take over. The package.json makes Node load the bundle, and `.ts` and `.js` revisions, as ES modules
# at once. The modes are set because a checkout under a strict umask is readable by its owner only.
RUN node scripts/build.ts migrate \
    && mkdir -p /image/app \
    && cp dist/migrate.js dist/migrate-*.js dist/sbom.cdx.json dist/THIRD_PARTY_LICENSES.txt /image/app/ \
    && node scripts/rds-roots.ts /image/etc/ssl/rds/global-bundle.pem \
    && echo '{ "type": "module" }' > /image/package.json \
    && chmod -R u=rwX,go=rX /image /revisions \
    && find /image /revisions -exec touch -h -d "@${SOURCE_DATE_EPOCH}" {} +

# No RUN from here on: these stages can be built for any processor without emulating it.
FROM gcr.io/distroless/nodejs24-debian12:nonroot AS runner
COPY --from=build /image/ /
# The default of --migrations is the folder `migrations` of the working directory.
WORKDIR /
USER 65532:65532
ENV NODE_ENV=production \
    MIGRATE_CONTAINER=true
# Exec form: `migrate` is process 1 and receives ECS's SIGTERM itself.
# Room for what a run makes in memory before Node first looks for what it may throw away: a start is 3 ms of processor time
# less so, for 5 to 14 MiB.
ENTRYPOINT ["/nodejs/bin/node", "--min-semi-space-size=8", "/app/migrate.js"]
CMD ["upgrade", "head"]

FROM runner
COPY --from=build /revisions/ /
ARG VERSION=unknown
ARG GIT_SHA=unknown
# RFC 3339, e.g. `git log -1 --format=%cI`.
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE=unknown
ENV MIGRATE_GIT_SHA=${GIT_SHA}
LABEL org.opencontainers.image.title="wumbo-migrations" \
      org.opencontainers.image.description="Changes the schema of Wumbo's PostgreSQL database, one revision after the other." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.base.name="gcr.io/distroless/nodejs24-debian12:nonroot" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${GIT_SHA}"
