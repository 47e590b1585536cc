# synthvision in a container: docker build -t synthvision . ; see docs/docker.md for CPU and GPU use.
FROM python:3.11-slim-bookworm

# Exactly the shared libraries that Blender's module links to; `synthvision doctor` names any that is missing.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libgl1 libice6 libsm6 libx11-6 libxext6 libxfixes3 libxi6 libxkbcommon0 libxrender1 \
    && rm -rf /var/lib/apt/lists/*

# CUDA and OptiX reach the container through the NVIDIA container toolkit (--gpus all): OptiX needs "graphics" too.
ENV NVIDIA_VISIBLE_DEVICES=all \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1

RUN useradd --create-home --uid 1000 synthvision
WORKDIR /opt/synthvision
COPY pyproject.toml README.md LICENSE ./
COPY synthvision synthvision
COPY scenes scenes
COPY assets assets
RUN pip install --disable-pip-version-check ".[blender]" && rm -rf /opt/synthvision

USER synthvision
WORKDIR /data
ENTRYPOINT ["synthvision"]
CMD ["doctor"]
