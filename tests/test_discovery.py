"""Finding one's way: the index, the topic tree, links, what other sites' pages may read, facets and the matrix."""

from tests.conftest import Client


def test_the_index_leads_to_everything_that_can_be_read(book: Client) -> None:
    index = book.get("/v1").json()
    paths = book.get("/openapi.json").json()["paths"]
    readable = {path for path, operations in paths.items() if path.startswith("/v1/") and "get" in operations}
    assert {link["href"] for link in index["links"].values()} == readable
    assert index["head"]["seq"] > 400
    needing_more = {"/v1/matrix", "/v1/drafts"}
    for href in sorted(path for path in readable if "{" not in path and path not in needing_more):
        assert book.get(href).status_code == 200, href


def test_topics_come_as_a_tree_with_counts_that_their_queries_find(book: Client) -> None:
    tree = book.get("/v1/topics?tree=true").json()["items"]
    branches = [*tree, *(child for topic in tree for child in topic["children"])]
    assert {topic["slug"] for topic in branches} == {
        item["slug"] for item in book.get("/v1/topics?limit=200").json()["items"]
    }
    assert all(topic["parent"] is None for topic in tree)
    assert all(child["parent"] == topic["slug"] for topic in tree for child in topic["children"])
    for topic in branches:
        found = book.get(f"/v1/pledges.jsonl?{topic['query']}").text.splitlines()
        assert len(found) == topic["mentions"], topic["slug"]
    deterrence = next(topic for topic in tree if topic["slug"] == "deterrence")
    assert deterrence["undertakings"] < deterrence["mentions"] < sum(one["mentions"] for one in deterrence["children"])


def test_a_tree_has_no_pages(book: Client) -> None:
    answer = book.get("/v1/topics?tree=true&limit=5")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "query.limit"


def test_pages_of_other_sites_may_read_and_see_etag_and_link(book: Client) -> None:
    answer = book.get("/v1/pledges?limit=1", headers={"Origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"ETag", "Link"} <= set(answer.headers["access-control-expose-headers"].split(", "))
    asked = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    assert book.options("/v1/pledges", headers=asked).status_code == 200
    writing = book.options("/v1/meetings", headers={**asked, "Access-Control-Request-Method": "POST"})
    assert writing.status_code == 400


def test_facets_come_beside_the_page_and_ignore_their_own_filter(book: Client) -> None:
    page = book.get("/v1/pledges?topic=opcon-transition&facets=topic,party&limit=1").json()
    assert list(page["facets"]) == ["topic", "party"]
    topics = {value["code"]: value for value in page["facets"]["topic"]}
    assert topics["opcon-transition"]["mentions"] == 3
    assert topics["cyber"]["query"] == "topic=cyber"
    assert page["facets"]["party"][0] == {
        "code": "KOR", "name": "Republic of Korea", "mentions": 3, "undertakings": topics["opcon-transition"][
            "undertakings"], "new": topics["opcon-transition"]["new"], "query": "topic=opcon-transition&party=KOR",
    }  # fmt: skip


def test_a_parent_topic_counts_its_children(book: Client) -> None:
    values = {value["code"]: value for value in book.get("/v1/pledges?facets=topic").json()["facets"]["topic"]}
    assert values["deterrence"]["mentions"] >= values["extended-deterrence"]["mentions"] > 0


def test_facets_may_be_repeated_instead_of_joined_and_cut_to_the_first(book: Client) -> None:
    joined = book.get("/v1/pledges?facets=year,act&facet_limit=1").json()["facets"]
    repeated = book.get("/v1/pledges?facets=year&facets=act&facet_limit=1").json()["facets"]
    assert joined == repeated
    assert [value["code"] for value in joined["year"]] == ["2024"]


def test_an_unknown_facet_is_refused_by_name(book: Client) -> None:
    answer = book.get("/v1/pledges?facets=topics")
    assert answer.status_code == 422
    assert "topic" in answer.json()["errors"][0]["message"]


def test_a_cursor_stays_good_when_facets_are_no_longer_asked_for(book: Client) -> None:
    first = book.get("/v1/pledges?limit=5&facets=topic").json()
    assert book.get(f"/v1/pledges?limit=5&cursor={first['next']}").status_code == 200


def test_a_filter_picks_the_rows_and_columns_of_a_matrix(book: Client) -> None:
    matrix = book.get("/v1/matrix?rows=topic&columns=year&topic=deterrence&held_on__gte=2022-01-01").json()
    parents = {item["slug"]: item["parent"] for item in book.get("/v1/topics?limit=200").json()["items"]}
    assert all("deterrence" in (row["code"], parents[row["code"]]) for row in matrix["rows"])
    assert [column["code"] for column in matrix["columns"]] == ["2024", "2023"]
    assert {"topic=deterrence&held_on__gte=2023-01-01&held_on__lt=2024-01-01"} <= {
        cell["query"] for cell in matrix["cells"]
    }


def test_a_facet_is_not_crossed_with_itself(book: Client) -> None:
    answer = book.get("/v1/matrix?rows=topic&columns=topic")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "query.columns"
