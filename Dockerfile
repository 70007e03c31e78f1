# Secateur in a container: a JRE, no rights, no network needed.
#
#   docker build -t secateur .
#   docker run --rm --network none -v "$PWD:/work" secateur scan model.pth --clean folder:clean-images

FROM maven:3-eclipse-temurin-17 AS build
WORKDIR /src
COPY pom.xml ./
COPY bom bom
COPY core core
COPY junit junit
COPY app app
RUN mvn -B -q -Dfast -Dmaven.test.skip=true package
# What was built loads its native libraries and computes, or there is no image.
COPY examples/halves examples/halves
RUN java -jar app/target/secateur-app.jar evaluate examples/halves/clean.safetensors --arch examples/halves/halves.yaml --data folder:examples/halves/images

FROM eclipse-temurin:17-jre
COPY LICENSE NOTICE /opt/secateur/
COPY zoo /opt/secateur/zoo
COPY --from=build /src/app/target/lib /opt/secateur/lib
COPY --from=build /src/app/target/secateur-app.jar /opt/secateur/secateur-app.jar
RUN useradd --uid 10001 --no-create-home secateur && mkdir /work && chown secateur /work
# As bin/secateur sets them: without, the program is correct and several times slower.
ENV GOMP_SPINCOUNT=10000 \
    OPENBLAS_THREAD_TIMEOUT=4 \
    THP_MEM_ALLOC_ENABLE=1 \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_MAX_=0 \
    MALLOC_TRIM_THRESHOLD_=100000000000 \
    MALLOC_TOP_PAD_=268435456
USER 10001
WORKDIR /work
# Native libraries are unpacked where any user may write.
ENTRYPOINT ["java", "-Xmx2g", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0", "-Dorg.bytedeco.javacpp.cachedir=/tmp/javacpp", "-Djava.awt.headless=true", "-Dsecateur.home=/opt/secateur", "-jar", "/opt/secateur/secateur-app.jar"]
CMD ["--help"]
