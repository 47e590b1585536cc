# synthvision in a container, for CPU and GPU hosts: docker build -t synthvision . ; see docs/docker.md
#
# Python is Debian's own 3.11, so that scripts/prove_docker can make this base without a Docker engine.
# To pin the base as well: --build-arg BASE=debian:bookworm-slim@sha256:...
ARG BASE=debian:bookworm-slim


# What the finished image and the stage that makes its wheels have in common.
FROM ${BASE} AS system
# Versions are Debian's business: its mirrors keep only the newest build of each package, signed.
# The shared libraries that Blender's module links to, and libegl1 for EEVEE; `synthvision doctor` names any that is missing.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libegl1 libgl1 libice6 libsm6 libx11-6 libxext6 libxfixes3 libxi6 libxkbcommon0 libxrender1 \
        python3 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /var/log/apt /var/log/dpkg.log


FROM system AS wheels
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends python3-pip
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
# Neither environment gets pip: what is in the finished image cannot be changed from inside.
RUN python3 -m venv --without-pip /opt/synthvision && python3 -m venv --without-pip /opt/build
WORKDIR /src
# Made by scripts/docker/lock: blender.lock is rendering, all labels and COCO; formats that need more are for elsewhere.
ARG WHEELS=blender
COPY scripts/docker/build.lock scripts/docker/${WHEELS}.lock ./
RUN python3 -m pip --python /opt/build/bin/python install --only-binary :all: --require-hashes --requirement build.lock \
    && python3 -m pip --python /opt/synthvision/bin/python install \
        --only-binary :all: --require-hashes --requirement ${WHEELS}.lock
COPY pyproject.toml README.md LICENSE ./
COPY synthvision synthvision
COPY scenes scenes
COPY assets assets
RUN /opt/build/bin/hatchling build --target wheel --directory /src/dist \
    && python3 -m pip --python /opt/synthvision/bin/python install --no-deps --no-index dist/*.whl \
    && python3 -m pip --python /opt/synthvision/bin/python check


FROM system
# The driver itself comes from the host (--gpus all, by NVIDIA's container toolkit). OptiX and EGL are in "graphics",
# which the toolkit leaves out by default; older toolkits do not tell EGL of the driver, which the file below does.
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics
RUN mkdir -p /usr/share/glvnd/egl_vendor.d \
    && echo '{"file_format_version": "1.0.0", "ICD": {"library_path": "libEGL_nvidia.so.0"}}' \
        > /usr/share/glvnd/egl_vendor.d/10_nvidia.json

# Everyone may write to the home, so that caches of kernels work under any --user.
RUN useradd --create-home --uid 1000 synthvision \
    && chmod 1777 /home/synthvision \
    && install --directory --owner synthvision --group synthvision /data
COPY --from=wheels /opt/synthvision /opt/synthvision
ENV HOME=/home/synthvision \
    OPTIX_CACHE_PATH=/home/synthvision \
    PATH=/opt/synthvision/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PYTHONUNBUFFERED=1
# By number, so that Kubernetes can see that it is not root (runAsNonRoot).
USER 1000:1000
WORKDIR /data
HEALTHCHECK --interval=10m --timeout=2m --start-period=1m --retries=3 CMD ["synthvision", "doctor"]
ENTRYPOINT ["synthvision"]
CMD ["doctor"]
