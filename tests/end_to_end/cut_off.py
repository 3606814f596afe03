"""A service on a machine without a way out, where every packet that looks for one is written down.

Run as a program, in a network namespace of its own: all addresses lead to the loopback interface, on which a
raw socket listens. So attempts count whoever makes them: a library's own threads, a child, LibreOffice.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from ipaddress import ip_address
from pathlib import Path

from benchmarks.service import Service, ended, pdf, scanned, submit, upload
from tests.readers import outward

OURS_4, OURS_6 = "10.255.255.1", "fd00::1"
_SIOCADDRT, _SIOCSIFFLAGS, _SIOCSIFADDR, _SIOCSIFNETMASK = 0x890B, 0x8914, 0x8916, 0x891C
_UP_AND_RUNNING, _RTF_UP = 0x41, 1
_ETH_P_ALL, _ETH_P_IP, _ETH_P_IPV6, _ICMP_6, _DNS = 3, 0x0800, 0x86DD, 58, 53
_BEGINS = {4: 16, 6: 24}
SCHEMA = {"type": "object", "properties": {"number": {"type": "string"}, "due": {"format": "date"}}}
EVERYTHING = {
    "parsing_options": {
        "chunking_strategy": "section", "table_parsing_format": "vlm", "skew_detection": True,
        "signature_detection": True, "remove_strikethrough_lines": True, "cross_page_header_detection": True,
        "include_images": True, "include_words": True, "barcode_detection": True, "table_merging": True,
    },
    "enrichment_options": {
        "table_summarization": True, "figure_summarization": True, "chart_extraction": True,
        "key_value_extraction": True, "include_full_page_image": True, "table_cell_grounding": True,
    },
    "page_classifications": [{"name": "invoice", "description": "a bill"}, {"name": "letter"}],
    "structured_extraction_options": [
        {"schema_name": "bill", "json_schema": SCHEMA, "provide_citations": True, "provide_confidence": True}
    ],
}  # fmt: skip


class Ways:
    """Everything that was sent to another machine, or to a name server."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ETH_P_ALL))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            packet, (_, protocol, *_) = self._socket.recvfrom(65536)
            if protocol in (_ETH_P_IP, _ETH_P_IPV6):
                self._note(packet, 4 if protocol == _ETH_P_IP else 6)

    def _note(self, packet: bytes, version: int) -> None:
        size = 4 if version == 4 else 16
        target = ip_address(packet[_BEGINS[version] : _BEGINS[version] + size])
        kind = packet[9] if version == 4 else packet[6]
        head = 4 * (packet[0] & 15) if version == 4 else 40
        port = struct.unpack("!H", packet[head + 2 : head + 4])[0]
        if (kind == _ICMP_6 and target.is_multicast) or (target.is_loopback and port != _DNS):
            return
        self.seen.append(f"{target} port {port}")


def make_ways_out() -> None:
    """Leads all traffic of this namespace to its loopback interface."""
    name, index = b"lo", socket.if_nametoindex("lo")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as of_4:
        fcntl.ioctl(of_4, _SIOCSIFFLAGS, struct.pack("16sh14x", name, _UP_AND_RUNNING))
        fcntl.ioctl(of_4, _SIOCSIFADDR, struct.pack("16s16s", b"lo:1", _address(OURS_4)))
        fcntl.ioctl(of_4, _SIOCSIFNETMASK, struct.pack("16s16s", b"lo:1", _address("255.255.255.255")))
        device, anything = ctypes.create_string_buffer(name), _address("0.0.0.0")
        route = (0, anything, anything, anything, _RTF_UP, 0, 0, 0, 0, ctypes.addressof(device), 0, 0, 0)
        fcntl.ioctl(of_4, _SIOCADDRT, struct.pack("@L16s16s16shhLPhPLLH", *route))
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as of_6:
        ours = socket.inet_pton(socket.AF_INET6, OURS_6)
        fcntl.ioctl(of_6, _SIOCSIFADDR, ours + struct.pack("=Ii", 128, index))
        fcntl.ioctl(of_6, _SIOCADDRT, bytes(48) + struct.pack("@IHHILIi", 1, 0, 0, 1, 0, _RTF_UP, index))


def _address(text: str) -> bytes:
    return struct.pack("=HH4s8x", socket.AF_INET, 0, socket.inet_aton(text))


def attempts() -> None:
    """What must be seen, else nothing that is not seen proves anything."""
    program = (
        "import socket, threading\n"
        "threading.Thread(target=socket.getaddrinfo, args=('name.example', 80), daemon=True).start()\n"
        "for family, target in ((socket.AF_INET, '192.0.2.1'), (socket.AF_INET6, '2001:db8::1')):\n"
        "    try:\n"
        "        with socket.socket(family) as one:\n"
        "            one.settimeout(0.5)\n"
        "            one.connect((target, 443))\n"
        "    except OSError:\n"
        "        pass\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def use(folder: Path) -> dict[str, str | None]:
    """A whole service from its start to its end; what became of each document, by its name."""
    # What only a child would try is to be seen, too, so nothing holds it back.
    service = Service(folder, {"OCTAVO_SANDBOX": "off"}).start()
    with service.client() as client:
        files = {
            "digital.pdf": pdf(["Invoice number: 20417, due 2026-03-01.", "More."]),
            **outward.documents(),
        }
        files["scan.pdf"] = scanned(["Invoice 20417 is due today."])
        jobs = {}
        for name, data in files.items():
            jobs[name] = submit(client, file_id=upload(client, data, name), **EVERYTHING)
        ends = {name: ended(client, job, 300) for name, job in jobs.items()}
        for path in ("docs", "openapi.json", "metrics", "version"):
            client.get(f"{service.url}/{path}")
    doctor = [sys.executable, "-P", "-m", "api", "doctor"]
    data_folder = {"OCTAVO_DATA_DIR": str(folder / "data"), "OCTAVO_SANDBOX": "off"}
    subprocess.run(doctor, env={**os.environ, **data_folder}, check=False, capture_output=True)
    service.stop()
    return {name: result["error"] for name, result in ends.items()}


def main(folder: Path) -> None:
    """Prints what was seen of the attempts, and of the service."""
    make_ways_out()
    ways = Ways()
    attempts()
    time.sleep(0.5)
    control, ways.seen = ways.seen, []
    # Variables by which libraries know a test: a user's machine has none of them.
    for variable in ("CI", "PYTEST_CURRENT_TEST", "PYTEST_VERSION", "GITHUB_ACTIONS", "DO_NOT_TRACK"):
        os.environ.pop(variable, None)
    errors = use(folder)
    sys.stdout.write(json.dumps({"control": control, "seen": ways.seen, "errors": errors}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
