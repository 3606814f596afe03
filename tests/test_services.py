"""The real servers answer, and every module starts with an empty one."""

import psycopg
import pytest
import redis

pytestmark = pytest.mark.services


def test_a_postgres_database_is_new_each_time(new_postgres_database, postgres_url):
    first, second = new_postgres_database(), new_postgres_database()
    assert len({first, second, postgres_url}) == 3
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    with psycopg.connect(second) as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)


@pytest.mark.parametrize("turn", [1, 2])
def test_redis_is_empty_each_time(redis_url, turn):
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("turn", turn)
