# Written without a container engine at hand: untried.
FROM rust:1.95.0-bookworm AS build
WORKDIR /build

# The dependencies alone, over empty sources, so that a change of ours does not build them again.
COPY Cargo.toml Cargo.lock ./
COPY migrations/Cargo.toml migrations/
RUN mkdir -p src migrations/src tests/api \
 && echo 'fn main() {}' | tee src/main.rs > tests/api/main.rs \
 && touch src/lib.rs migrations/src/lib.rs \
 && cargo build --profile dist --locked --bin lapak

COPY config config
COPY migrations migrations
COPY src src
# COPY keeps old times; cargo goes by them.
RUN find src migrations config -type f -exec touch {} + \
 && cargo build --profile dist --locked --bin lapak

FROM debian:bookworm-20260421-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin lapak \
 && install -d -o lapak -g lapak -m 750 /data
COPY --from=build /build/target/dist/lapak /usr/local/bin/lapak
COPY LICENSE NOTICE.md /usr/share/doc/lapak/
COPY config/demo/NOTICE.md /usr/share/doc/lapak/config/demo/
COPY config/regions/NOTICE.md /usr/share/doc/lapak/config/regions/

ENV LAPAK__DATA__DIR=/data \
    LAPAK__SERVER__LISTEN=0.0.0.0:8080
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["lapak", "health"]
ENTRYPOINT ["lapak"]
CMD ["serve"]
