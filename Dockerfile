# Reelkeeper as an image: the application in layers, and a cache in which its classes are loaded, linked and profiled.
#
#   docker build -t reelkeeper .
#
# Behind a proxy: --build-arg MAVEN_OPTS="-Dhttps.proxyHost=... -Dhttps.proxyPort=...". Where another certificate
# authority is to be trusted: --build-arg BUILD_IMAGE=... with the public image and that certificate.
ARG BUILD_IMAGE=maven:3-eclipse-temurin-25
ARG RUN_IMAGE=eclipse-temurin:25-jre

# --- the jar, and the jar taken apart
FROM ${BUILD_IMAGE} AS build
ARG MAVEN_OPTS
WORKDIR /build
# All that Maven needs is fetched for a class that does nothing, so that this layer is made anew with the pom only.
COPY pom.xml ./
RUN mkdir -p src/main/java/io/reelkeeper \
 && echo 'package io.reelkeeper; public class Reelkeeper { public static void main(String[] args) {} }' \
    >src/main/java/io/reelkeeper/Reelkeeper.java \
 && mvn -B -ntp -q -Dmaven.test.skip package \
 && rm -rf src target
COPY src/main src/main
RUN mvn -B -ntp -q -Dmaven.test.skip package \
 && java -Djarmode=tools -jar target/reelkeeper.jar extract --layers --destination /layers

# --- an S3 server: the bucket of a recording that is only rehearsed
FROM ${BUILD_IMAGE} AS s3proxy
ARG MAVEN_OPTS
WORKDIR /s3proxy
RUN mvn -B -ntp -q org.apache.maven.plugins:maven-dependency-plugin:3.10.0:copy -Dmdep.stripVersion -Dmdep.stripClassifier \
    -Dartifact=org.gaul:s3proxy:3.1.0:jar:jar-with-dependencies -DoutputDirectory=.

FROM ${RUN_IMAGE} AS bucket
RUN groupadd --gid 10001 bucket && useradd --uid 10001 --gid bucket --no-create-home bucket \
 && install -d -o bucket -g bucket /buckets /buckets/recordings
WORKDIR /s3proxy
COPY --from=s3proxy /s3proxy/s3proxy.jar ./
COPY src/ops/container/s3proxy.properties ./
USER 10001:10001
EXPOSE 8095
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8095"]
ENTRYPOINT ["java", "-Xmx96m", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-jar", "s3proxy.jar", "--properties", "s3proxy.properties"]

# --- the AOT cache, trained on the JVM that will run it: it fits no other build
FROM ${RUN_IMAGE} AS train
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends curl postgresql >/dev/null \
 && rm -rf /var/lib/apt/lists/*
COPY --from=s3proxy /s3proxy/s3proxy.jar /s3proxy/
COPY src/ops/container /ops/container
COPY src/ops/aot /ops/aot
WORKDIR /app
COPY --from=build /layers/dependencies/ ./
COPY --from=build /layers/snapshot-dependencies/ ./
COPY --from=build /layers/application/ ./
RUN /ops/aot/train.sh /app /app/reelkeeper.aot /s3proxy/s3proxy.jar

# --- the service
FROM ${RUN_IMAGE}
LABEL org.opencontainers.image.title="Reelkeeper" \
      org.opencontainers.image.description="Keeps Agora Cloud Recordings from getting lost" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 reelkeeper && useradd --uid 10001 --gid reelkeeper --no-create-home reelkeeper \
 && install -d -o reelkeeper -g reelkeeper /data
WORKDIR /app
# From what changes seldom to what changes always. The cache knows these files by their times, which COPY keeps.
COPY --from=build /layers/dependencies/ ./
COPY --from=build /layers/snapshot-dependencies/ ./
COPY src/ops/container/healthy src/ops/container/jvm.options ./
COPY --from=build /layers/application/ ./
COPY --from=train /app/reelkeeper.aot ./
USER 10001:10001
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=4s --start-period=60s CMD ["./healthy"]
# More options for the JVM: JAVA_TOOL_OPTIONS. Settings: the environment, or files in /app/config.
ENTRYPOINT ["java", "@jvm.options", "-XX:AOTCache=reelkeeper.aot", "-jar", "reelkeeper.jar"]
