# syntax=docker/dockerfile:1

# docker build -t octavo .
# docker build -t octavo:gpu --build-arg EXTRAS=barcodes,otel,postgres,s3,gpu .
# docker build -t octavo:small --build-arg OFFICE= .      (without LibreOffice: no DOC, RTF, ODT, PPT, ODP, Keynote…)
# docker run -p 127.0.0.1:8700:8700 -v octavo:/data -e OCTAVO_API_KEYS=… octavo

# A name that moves, so that a build has the base's latest repairs; for the same base each time, give one by
# its digest: --build-arg BASE=python:3.12-slim-bookworm@sha256:…
ARG BASE=python:3.12-slim-bookworm

FROM ${BASE} AS build
# Optional parts of the distribution; `gpu` puts onnxruntime-gpu and its CUDA libraries in place of onnxruntime.
ARG EXTRAS=barcodes,otel,postgres,s3
# Packages go where there is no pip: what the image has cannot be used to install more.
ENV PATH=/opt/octavo/bin:$PATH PIP_PYTHON=/opt/octavo/bin/python \
    PIP_CONSTRAINT=/src/constraints.txt PIP_BUILD_CONSTRAINT=/src/constraints.txt \
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_CACHE_DIR=/var/cache/pip
RUN python -m venv --without-pip /opt/octavo
WORKDIR /src
COPY constraints.txt requirements.lock ./
# Every file by its hash; further extras have only their versions locked.
RUN --mount=type=cache,target=/var/cache/pip pip install --require-hashes -r requirements.lock
COPY . .
RUN --mount=type=cache,target=/var/cache/pip \
    extras=$(echo ",$EXTRAS," | sed 's/,gpu,/,/; s/^,//; s/,$//') && \
    pip install ".${extras:+[$extras]}"
# The two packages write the same folder, so one must be gone before the other comes.
RUN --mount=type=cache,target=/var/cache/pip \
    case ",$EXTRAS," in *,gpu,*) \
      version=$(python -c 'import onnxruntime; print(onnxruntime.__version__)') && \
      pip uninstall -y onnxruntime && \
      pip install "onnxruntime-gpu[cuda,cudnn]==$version" nvidia-ml-py onnx && \
      python -c 'import onnxruntime; assert "CUDAExecutionProvider" in onnxruntime.get_available_providers()' ;; \
    esac
# What nothing of Octavo uses: OpenVINO for other devices and models than ONNX on a CPU, what trains and converts
# models for ONNX Runtime, headers, and libraries' own tests. A name that is not there any more ends the build.
ARG UNUSED="openvino/include openvino/libs/cache.json \
openvino/libs/libopenvino_intel_gpu_plugin.so openvino/libs/libopenvino_intel_npu_plugin.so \
openvino/libs/libopenvino_gguf_frontend.so* openvino/libs/libopenvino_jax_frontend.so* \
openvino/libs/libopenvino_paddle_frontend.so* openvino/libs/libopenvino_pytorch_frontend.so* \
openvino/libs/libopenvino_tensorflow*_frontend.so* \
onnxruntime/quantization onnxruntime/tools onnxruntime/transformers pymupdf/mupdf-devel \
networkx/tests networkx/*/tests networkx/*/*/tests numpy/tests numpy/*/tests shapely/tests"
RUN cd "$(python -c 'import sysconfig; print(sysconfig.get_path("platlib"))')" && rm -r $UNUSED && \
    python -c 'import glob, openvino; core = openvino.Core(); [core.compile_model(core.read_model(one), "CPU") for one in glob.glob("rapidocr/models/*.onnx")]' && \
    python -c 'import api.app, models.local, workers.celery_app, workers.local'
# What is inside: /opt/octavo/sbom.cdx.json, by a tool that stays outside.
RUN --mount=type=cache,target=/var/cache/pip python -m venv --without-pip /opt/sbom && \
    PIP_PYTHON=/opt/sbom/bin/python pip install cyclonedx-bom && \
    /opt/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
      --output-file /opt/octavo/sbom.cdx.json /opt/octavo/bin/python

FROM ${BASE}
LABEL org.opencontainers.image.title="Octavo" \
      org.opencontainers.image.licenses="AGPL-3.0-or-later"
# LibreOffice without a window, and fonts of the same widths as those that documents are mostly set in.
ARG OFFICE="libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui libreoffice-draw-nogui \
libreoffice-math-nogui \
fontconfig fonts-crosextra-carlito fonts-crosextra-caladea fonts-liberation fonts-dejavu-core fonts-noto-cjk"
RUN if [ -n "$OFFICE" ]; then \
      apt-get update && apt-get install --yes --no-install-recommends $OFFICE && rm -rf /var/lib/apt/lists/*; \
    fi
# Barcodes: the second reader's library (the `barcodes` extra). The sandbox: filters of system calls. And who
# ends what LibreOffice leaves behind, as the first process of a container has to: not every runtime brings one.
RUN apt-get update && apt-get upgrade --yes && \
    apt-get install --yes --no-install-recommends libseccomp2 libzbar0 tini && rm -rf /var/lib/apt/lists/* && \
    python -m pip uninstall --yes pip
RUN groupadd --gid 10001 octavo && \
    useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home octavo && \
    install --directory --owner=octavo --group=octavo --mode=0700 /data
COPY --from=build /opt/octavo /opt/octavo
# CUDA's libraries, if the image has them, lie in Python packages: the loader must know where.
RUN find /opt/octavo/lib -type d -path '*/site-packages/nvidia/*/lib' >/etc/ld.so.conf.d/octavo.conf && ldconfig
ENV PATH=/opt/octavo/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    NVIDIA_DRIVER_CAPABILITIES=compute,utility \
    OCTAVO_DATA_DIR=/data
# Everything that is written is written here; the rest of the file system may be read-only, with a tmpfs on /tmp.
VOLUME /data
WORKDIR /data
# By number: Kubernetes' runAsNonRoot believes no name.
USER 10001:10001
EXPOSE 8700
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD \
    ["python", "-c", "import http.client as http, os, sys; api = http.HTTPConnection('127.0.0.1', int(os.environ.get('OCTAVO_PORT', 8700)), timeout=4); api.request('GET', '/readyz'); sys.exit(api.getresponse().status != 200)"]
ENTRYPOINT ["tini", "--", "octavo"]
CMD ["serve", "--host", "0.0.0.0"]
