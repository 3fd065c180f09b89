# The runner as an image: Node, one bundled file and the revisions; no shell, no package manager, nothing to write.
#
#   docker build -t wumbo-migrations --build-arg GIT_SHA="$(git rev-parse HEAD)" .
#   docker run --rm --read-only --cap-drop ALL -e DATABASE_URL=… wumbo-migrations              # upgrade head
#   docker run --rm --read-only --cap-drop ALL -e DATABASE_URL=… wumbo-migrations check
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
COPY migrations /image/migrations
# What the final stage takes over. The package.json makes Node load the bundle, and `.ts` and `.js` revisions, as ES modules
# at once. The modes are set because a checkout under a strict umask is readable by its owner only.
RUN node scripts/build.ts migrate \
    && mkdir /image/app \
    && cp dist/migrate.js dist/migrate-*.js /image/app/ \
    && echo '{ "type": "module" }' > /image/package.json \
    && chmod -R u=rwX,go=rX /image

# No RUN from here on: this stage can be built for any processor without emulating it.
FROM gcr.io/distroless/nodejs24-debian12:nonroot
COPY --from=build /image/ /
# The default of --migrations is the folder `migrations` of the working directory.
WORKDIR /
USER 65532:65532
ENV NODE_ENV=production \
    MIGRATE_CONTAINER=true
# Exec form: `migrate` is process 1 and receives ECS's SIGTERM itself.
ENTRYPOINT ["/nodejs/bin/node", "/app/migrate.js"]
CMD ["upgrade", "head"]
ARG VERSION=unknown
ARG GIT_SHA=unknown
ENV MIGRATE_GIT_SHA=${GIT_SHA}
LABEL org.opencontainers.image.title="wumbo-migrations" \
      org.opencontainers.image.description="Changes the schema of Wumbo's PostgreSQL database, one revision after the other." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${GIT_SHA}"
