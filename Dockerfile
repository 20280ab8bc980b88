# One node. docker-compose.yml builds it and runs three; Redis, nginx and the rest are images of their own.

FROM node:20.19.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:20.19.0-bookworm-slim
# The same programs as the set-up installs (scripts/setup/needs.mjs), without redis-server.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends \
    ffmpeg \
    apertium \
    apertium-eng-spa \
    apertium-eng-cat \
    apertium-en-gl \
    apertium-eo-en \
    apertium-es-pt \
    apertium-fra-cat \
    apertium-spa-ita \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/bin ./bin
COPY --from=build /app/scripts ./scripts
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  PORT=8080 \
  DATA_DIR=/var/lib/parlance \
  PARLANCE_CACHE=/var/cache/parlance
# A named volume takes owner and content from here when it is new.
RUN install --directory --owner=node --group=node /var/lib/parlance /var/cache/parlance
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "bin/parlance"]
CMD ["serve"]
