# Builds the program and puts it alone into a small image. See docker-compose.yml for how to run it.

FROM rust:1.95-slim-bookworm AS build
# libpq is compiled from source with TLS, which needs the headers of OpenSSL.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libssl-dev make perl pkg-config \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked --package shixun-api --features tls --bin shixun

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates libssl3 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin shixun \
 && install --directory --owner=shixun --group=shixun --mode=0750 /data
COPY --from=build /src/target/release/shixun /usr/local/bin/shixun
COPY --from=build /src/LICENSE /usr/share/doc/shixun/LICENSE
USER shixun
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENV SHIXUN_LISTEN=0.0.0.0:8080 \
    SHIXUN_DATABASE_URL=sqlite:/data/shixun.db
# No HEALTHCHECK: the image has no HTTP client. Whoever runs it asks /livez and /readyz from outside.
ENTRYPOINT ["shixun"]
CMD ["serve"]
