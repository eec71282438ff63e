"""The XML of the Bulk API 1.0."""

from xml.etree import ElementTree

NAMESPACE = "http://www.force.com/2009/06/asyncapi/dataload"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def write_xml(name: str, content) -> bytes:
    """Return an element with its namespace: of a dict, its members; of a list, an element each."""
    root = _element(name, content)
    root.set("xmlns", NAMESPACE)
    return b'<?xml version="1.0" encoding="UTF-8"?>' + ElementTree.tostring(root, "utf-8")


def _element(name: str, content) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(content, dict):
        for key, value in content.items():
            for each in value if isinstance(value, list) else [value]:
                if each is not None:
                    element.append(_element(key, each))
    elif isinstance(content, bool):
        element.text = str(content).lower()
    else:
        element.text = str(content)
    return element


def read_members(body: bytes) -> dict[str, str]:
    """Return an element's members by name; raises ValueError."""
    return {_local(child): (child.text or "").strip() for child in _parsed(body)}


def read_records(body: bytes) -> list[dict]:
    """Return the records of a batch; raises ValueError. Empty = unchanged, `xsi:nil` = null."""
    records = []
    for record in _parsed(body):
        cells = {_local(cell): cell for cell in record}
        records.append(
            {
                name: None if cell.get(NIL) == "true" else cell.text
                for name, cell in cells.items()
                if cell.text or cell.get(NIL) == "true"
            }
        )
    return records


def _parsed(body: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(body)
    except ElementTree.ParseError as broken:
        raise ValueError(str(broken)) from broken


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
