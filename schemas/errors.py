"""The exception tree.

    OctavoError
    ├── RequestError            judged from the request: an HTTP status and a code of the wire
    │   ├── Unauthorized, Forbidden
    │   ├── NotFound, FileNotFound, AlreadyExists
    │   ├── InvalidConfiguration, InvalidPageRange, InvalidMimeType, InvalidFile…
    │   └── QuotaExceeded, InvalidJobState
    └── DocumentError           found while working: the job ends ``failure`` with this text
        ├── VisionFailed        (never ends a job: the page is read locally)
        ├── GpuFull             (never ends a job: it waits for memory)
        ├── DocumentUnreadable, DocumentEncrypted, DocumentEmpty, UnsupportedFormat, NoSuchPages
        ├── TooLarge            (a limit that can be raised: unpacked size, entries, depth…)
        │   └── TooManyPages
        ├── DownloadFailed      (may heal: ``retryable``)
        └── ReaderLost          the child that read the document crashed, hung or outgrew its limits

Every message is written for the user: what happened, to which page or field, and what to do. The HTTP
status of each code is a table in ``api/errors.py``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar


class ErrorCode(StrEnum):
    """Codes on the wire; clients know these words."""

    UNAUTHORIZED = "UNAUTHORIZED"
    FORBIDDEN = "FORBIDDEN"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"
    INVALID_JSON_SCHEMA = "INVALID_JSON_SCHEMA"
    INVALID_CONFIGURATION = "INVALID_CONFIGURATION"
    INVALID_PAGE_CLASSIFICATION = "INVALID_PAGE_CLASSIFICATION"
    ENTITY_NOT_FOUND = "ENTITY_NOT_FOUND"
    ENTITY_ALREADY_EXISTS = "ENTITY_ALREADY_EXISTS"
    INVALID_FILE = "INVALID_FILE"
    INVALID_PAGE_RANGE = "INVALID_PAGE_RANGE"
    INVALID_MIME_TYPE = "INVALID_MIME_TYPE"
    INVALID_DATASET_NAME = "INVALID_DATASET_NAME"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    INVALID_MULTIPART = "INVALID_MULTIPART"
    MULTIPART_STREAM_END = "MULTIPART_STREAM_END"
    INVALID_QUERY_PARAMS = "INVALID_QUERY_PARAMS"
    INVALID_JOB_STATE = "INVALID_JOB_STATE"


class OctavoError(Exception):
    """Everything Octavo raises on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class RequestError(OctavoError):
    """A request that cannot be served as it stands."""

    code: ClassVar[ErrorCode] = ErrorCode.INVALID_CONFIGURATION

    def __init__(self, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.details = details


class Unauthorized(RequestError):
    """No key, or a key nobody gave out."""

    code = ErrorCode.UNAUTHORIZED


class Forbidden(RequestError):
    """A good key, for another project or without the scope."""

    code = ErrorCode.FORBIDDEN


class NotFound(RequestError):
    """No such thing in this project (someone else's counts as none)."""

    code = ErrorCode.ENTITY_NOT_FOUND


class FileUnknown(RequestError):
    """A file route named a file that is not there (the wire answers 400 here, not 404)."""

    code = ErrorCode.ENTITY_NOT_FOUND


class AlreadyExists(RequestError):
    """The name is taken."""

    code = ErrorCode.ENTITY_ALREADY_EXISTS


class InvalidConfiguration(RequestError):
    """A field of the body is missing, contradicts another, or asks for what is not set up here."""

    code = ErrorCode.INVALID_CONFIGURATION


class InvalidField(InvalidConfiguration):
    """A field of the body has the wrong type or an unknown word."""


class InvalidJsonSchema(RequestError):
    """An extraction schema that cannot be used."""

    code = ErrorCode.INVALID_JSON_SCHEMA


class InvalidPageClassification(RequestError):
    """Page classes that contradict themselves."""

    code = ErrorCode.INVALID_PAGE_CLASSIFICATION


class InvalidFile(RequestError):
    """A file, file id or URL that cannot be taken."""

    code = ErrorCode.INVALID_FILE


class UploadTooLarge(InvalidFile):
    """An upload over the limit."""


class InvalidPageRange(RequestError):
    """``page_range`` cannot be read."""

    code = ErrorCode.INVALID_PAGE_RANGE


class InvalidMimeType(RequestError):
    """A type that cannot be read here, or not in this place."""

    code = ErrorCode.INVALID_MIME_TYPE


class InvalidDatasetName(RequestError):
    """A dataset's name is missing or has other characters than letters, digits, ``-`` and ``_``."""

    code = ErrorCode.INVALID_DATASET_NAME


class InvalidMultipart(RequestError):
    """An upload that is not multipart, or has no file part."""

    code = ErrorCode.INVALID_MULTIPART


class MultipartStreamEnd(RequestError):
    """An upload whose body ends inside a part."""

    code = ErrorCode.MULTIPART_STREAM_END


class InvalidQueryParams(RequestError):
    """A bad limit, cursor, direction, status or time."""

    code = ErrorCode.INVALID_QUERY_PARAMS

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}", {"property": name, "message": message})


class QuotaExceeded(RequestError):
    """Over a quota or a rate limit, ``limit``; try again after ``retry_after`` seconds."""

    code = ErrorCode.QUOTA_EXCEEDED

    def __init__(self, message: str, *, limit: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.limit = limit
        self.retry_after = retry_after


class InvalidJobState(RequestError):
    """The job is in a state in which this cannot be done."""

    code = ErrorCode.INVALID_JOB_STATE


class DocumentError(OctavoError):
    """Trouble found while working on a document. ``retryable`` says whether another attempt may help."""

    retryable: ClassVar[bool] = False


class DocumentUnreadable(DocumentError):
    """The bytes are not a document of the type they claim, or too damaged to open."""


class DocumentEncrypted(DocumentError):
    """The document wants a password."""


class DocumentEmpty(DocumentError):
    """The document has no bytes or no pages."""


class UnsupportedFormat(DocumentError):
    """A type that is not read here."""


class NotFillable(DocumentError):
    """The document is of a kind that cannot be filled in."""


class NoSuchPages(DocumentError):
    """None of the pages asked for exists."""


class TooLarge(DocumentError):
    """The document is larger, once it is unpacked, than may be worked on; the message names the limit."""


class TooManyPages(TooLarge):
    """More pages are to be read than may be."""


class TooManyBadPages(DocumentError):
    """More pages failed than a result may lack."""


class DownloadFailed(DocumentError):
    """``file_url`` could not be fetched for a reason that will not pass."""


class DownloadInterrupted(DownloadFailed):
    """``file_url`` could not be fetched for a reason that may pass (timeout, 5xx, connection lost)."""

    retryable = True


class PageUnreadable(DocumentError):
    """One page could not be read; the reader itself goes on."""


class PageTooLarge(PageUnreadable):
    """One page has more pixels, drawings or characters than may be worked on."""


class VisionFailed(DocumentError):
    """The vision model could not be asked, or its answer is of no use: the page is read without it."""


class LlmFailed(DocumentError):
    """A language model could not be asked, or its answer is of no use: the work goes on without it.

    ``input_tokens`` and ``output_tokens`` are what was used up all the same.
    """

    def __init__(self, message: str, input_tokens: int = 0, output_tokens: int = 0) -> None:
        super().__init__(message)
        self.input_tokens, self.output_tokens = input_tokens, output_tokens


class LlmSpent(LlmFailed):
    """The job has used as many tokens as one may."""


class LlmTooLong(LlmFailed):
    """The question, or the answer that it would take, is longer than the model takes: ask about less."""


class ReaderLost(DocumentError):
    """The child that reads a document (or runs a model) crashed, hung or outgrew its limits."""

    retryable = True


class ReaderStuck(ReaderLost):
    """It was ended because it took too long: another try would only take as long again."""


class GpuFull(DocumentError):
    """A model found no memory on the graphics card: it is tried again (never ends a job)."""


class Interrupted(OctavoError):
    """The worker is going down, the lease was lost, or the job was cancelled: stop between two pages."""
