"""The page for teachers: its exercises lead to pages that exist."""

import re


def test_its_links_lead_somewhere(client, db):
    page = client.get("/teaching/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    links = set(re.findall(r'href="([^"]+)"', main))
    assert links == {"/compare/", "/?status=disputed", "/about/"}
    assert all(client.get(link).status_code == 200 for link in links)
    assert "/teaching/" in client.get("/about/").content.decode()
