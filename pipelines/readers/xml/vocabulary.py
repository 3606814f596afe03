"""The names of DocBook, JATS, TEI, DITA and FictionBook, by what they mean in HTML."""

from __future__ import annotations

ROOTS = set(
    "article book chapter section part appendix preface glossary refentry set TEI TEI.2 teiCorpus "
    "FictionBook html topic concept task reference dita book-part-wrapper standard".split()
)
PARAGRAPHS = set("p para simpara v l".split())
SECTIONS = set(
    "abstract ack app appendix article bibliography book book-part chapter colophon concept dedication "
    "div div1 div2 div3 div4 fn-group glossary part preface ref-list refentry reference refsect1 refsect2 "
    "refsect3 refsection sec sect1 sect2 sect3 sect4 sect5 section set task topic trans-abstract".split()
)
TITLES = set("title head article-title book-title bridgehead docTitle refname".split())
# What holds the title of what is around it.
INFORMATION = set(
    "info articleinfo bookinfo chapterinfo sectioninfo title-group titlePage titleStmt title-info front "
    "book-meta sec-meta body refnamediv".split()
)
HIDDEN = set(
    "journal-meta article-id article-categories pub-date history volume issue fpage lpage elocation-id "
    "counts custom-meta-group self-uri permissions processing-meta object-id binary indexterm "
    "encodingDesc profileDesc revisionDesc publicationStmt sourceDesc document-info publish-info "
    "src-title-info stylesheet prolog objectinfo colspec index-term sequence lang genre alt-text "
    "textobject".split()
)
# Groups whose members stand in one line.
LINES = set("contrib-group kwd-group authorgroup keywordset".split())
# Values of a reference or of a person, parted by blanks.
CITED = set("element-citation mixed-citation citation biblioentry bibliomixed biblStruct bibl".split())
PERSONS = set("author editor personname name string-name contrib aff affiliation address".split())
FIGURES = set("fig figure informalfigure table-wrap informaltable example boxed-text".split())
ADMONITIONS = set("note tip warning caution important".split())
DISPLAYED = set("disp-formula equation informalequation".split())

_BY_TAG = {
    "p": "p para simpara v l",
    "i": "emphasis italic hi i em emph firstterm citetitle",
    "b": "bold b strong",
    "sup": "superscript sup",
    "sub": "subscript sub",
    "del": "strike strikethrough del",
    "code": "monospace code literal filename command option function varname classname userinput "
    "computeroutput codeph filepath parameter constant envar",
    "pre": "programlisting screen literallayout codeblock preformat synopsis eg pre",
    "ul": "itemizedlist simplelist ul listBibl",
    "ol": "orderedlist procedure steps substeps ol",
    "li": "listitem list-item item member step substep li ref biblStruct biblioentry bibliomixed",
    "dl": "variablelist def-list glosslist dl",
    "dt": "term dt glossterm",
    "dd": "def dd glossdef",
    "blockquote": "blockquote disp-quote epigraph cite",
    "table": "tgroup simpletable table",
    "thead": "thead",
    "tr": "row tr sthead strow",
    "td": "entry cell td stentry",
    "th": "th",
    "a": "ext-link ulink link uri a",
    "img": "graphic imagedata image inline-graphic",
    "figure": " ".join(sorted(FIGURES)),
    "figcaption": "caption figcaption figDesc",
    "q": "quote q",
    "br": "empty-line break lb",
    "tbody": "tbody",
    "tfoot": "tfoot",
}
NAMES = {name: tag for tag, names in _BY_TAG.items() for name in names.split()}
