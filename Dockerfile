# One node. docker-compose.yml builds it and runs three; Redis, nginx and the rest are images of their own.

FROM node:20.19.0-bookworm-slim AS build
WORKDIR /app
COPY . .
# What "npm start" and CI do first, too: npm packages as the lock file names them, and the build.
RUN node scripts/build.mjs && npm prune --omit=dev

# Debian and Node alone: no npm, no compiler, no sources.
FROM debian:12.10-slim
COPY --from=build /usr/local/bin/node /usr/local/bin/node
WORKDIR /app
COPY --from=build /app/scripts ./scripts
# The programs of the set-up (scripts/setup/needs.mjs) but for redis-server, and tini.
RUN node scripts/image-programs.mjs && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
# A named volume takes owner and content from these folders when it is new.
RUN groupadd --gid 1000 parlance \
  && useradd --uid 1000 --gid 1000 --no-create-home --shell /usr/sbin/nologin parlance \
  && install --directory --owner=1000 --group=1000 /var/lib/parlance /var/cache/parlance
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/bin ./bin
COPY --from=build /app/e2e/fixtures/clip.opus ./e2e/fixtures/
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  PORT=8080 \
  DATA_DIR=/var/lib/parlance \
  PARLANCE_CACHE=/var/cache/parlance
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
  CMD ["node", "scripts/healthcheck.mjs"]
# tini hands signals on, and takes leave of the programs whose parents died before them.
ENTRYPOINT ["/usr/bin/tini", "--", "node", "bin/parlance"]
CMD ["serve"]
