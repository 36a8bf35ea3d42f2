"""Reads mails as a mail program does, with Python's own email package: a line of JSON for each file that is named.

It names what is wrong with one: defects of its form, parts that say different things, markup that is not closed, and
whatever a reader's program would load.
"""

import email
import email.policy
import html.parser
import json
import re
import sys

# What has no end.
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(html.parser.HTMLParser):
    """What is to be seen of HTML, where its links lead, and what is wrong with it."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.text, self.links, self.faults, self.open = [], [], [], []

    def handle_starttag(self, tag, attributes):
        if tag in {"img", "script", "iframe", "object", "link", "form", "video", "audio"}:
            self.faults.append(f"there is a {tag}")
        for name, value in attributes:
            if name in {"src", "background", "srcset", "data"} or name.startswith("on"):
                self.faults.append(f"{tag} has {name}")
            if name == "style" and "url(" in (value or ""):
                self.faults.append(f"the style of {tag} loads something")
            if tag == "a" and name == "href":
                self.links.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"{tag} ends and did not begin last")

    def handle_data(self, data):
        if "style" in self.open:
            if "url(" in data or "@import" in data:
                self.faults.append("the style loads something")
        elif "title" not in self.open:
            self.text.append(data)

    def close(self):
        super().close()
        if self.open:
            self.faults.append(f"{self.open} do not end")


def words(text):
    return re.sub(r"\s+", " ", text).strip()


def read(path):
    with open(path, "rb") as file:
        mail = email.message_from_binary_file(file, policy=email.policy.default)
    parts = list(mail.walk())
    faults = [str(defect) for part in parts for defect in part.defects]
    plain, marked = mail.get_body(("plain",)), mail.get_body(("html",))
    text, page = plain.get_content(), Page()
    page.feed(marked.get_content())
    page.close()
    seen = words(" ".join(page.text))
    # Each paragraph of the one is in the other; lines with addresses and commands are laid out otherwise.
    for paragraph in re.split(r"\n\s*\n", text.split("\n-- \n")[0]):
        if "://" not in paragraph and not paragraph.startswith("    ") and words(paragraph) not in seen:
            faults.append(f"only the text says: {paragraph}")
    for link in re.findall(r"https?://\S+", text):
        if link not in page.links:
            faults.append(f"only the text leads to {link}")
    return {
        "to": [str(address.addr_spec) for address in mail["to"].addresses],
        "subject": mail["subject"],
        "types": [part.get_content_type() for part in parts],
        "text": text,
        "seen": seen,
        "links": page.links,
        "faults": faults + page.faults,
    }


for name in sys.argv[1:]:
    print(json.dumps(read(name)))
