"""Bodies that are read by hand stand in the OpenAPI document all the same."""

from __future__ import annotations

from api.app import create_app
from workers.jobs.services import Services


def test_every_conversion_tells_what_it_takes(services: Services) -> None:
    paths = create_app(services).openapi()["paths"]
    bodies = [
        body["content"]
        for path, operations in paths.items()
        if path.startswith(("/v1/convert/", "/v1/chunk/"))
        for method, operation in operations.items()
        if method == "post"
        for body in [operation["requestBody"]]
    ]
    assert bodies
    for content in bodies:
        (described,) = content.values()
        assert described["schema"]["properties"]
