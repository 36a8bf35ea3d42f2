//! Lists that are longer than a page.

use futures::{FutureExt as _, TryStreamExt as _};
use labelmesh_errors::Result;
use labelmesh_pg::{Config, connect, few, pages, rows};
use sqlx::{PgConnection, PgPool};

use crate::database;

async fn items(db: &mut PgConnection, after: Option<i64>, limit: i64) -> Result<Vec<i64>> {
    let items = sqlx::query_scalar("SELECT id FROM item WHERE id > $1 ORDER BY id LIMIT $2");
    Ok(items.bind(after.unwrap_or(0)).bind(limit).fetch_all(db).await?)
}

async fn fill(pool: &PgPool, items: i64) {
    let fill = "INSERT INTO item SELECT n, 0 FROM generate_series(1, $1) n ON CONFLICT DO NOTHING";
    sqlx::query(fill).bind(items).execute(pool).await.expect("filled");
}

#[tokio::test]
async fn a_list_comes_page_by_page_and_holds_no_connection_while_it_is_read() {
    let database = database().await;
    let pool = connect(&Config { max_connections: 1, ..Config::new(database.url()) }, "pages").expect("a pool");
    let all = || rows(pool.clone(), 3, |id: &i64| *id, |db, after, limit| items(db, after, limit).boxed());
    assert_eq!(all().try_collect::<Vec<_>>().await.expect("empty"), [] as [i64; 0]);
    for count in [1, 3, 7] {
        fill(&pool, count).await;
        assert_eq!(all().try_collect::<Vec<_>>().await.expect("all"), (1..=count).collect::<Vec<_>>());
    }
    let by_page = pages(pool.clone(), 3, |id: &i64| *id, |db, after, limit| items(db, after, limit).boxed());
    let sizes: Vec<_> = by_page.map_ok(|page| page.len()).try_collect().await.expect("all");
    assert_eq!(sizes, [3, 3, 1]);

    // There is one connection, and whoever reads uses it between the rows. What comes meanwhile is in the list, too.
    let mut list = std::pin::pin!(all());
    let mut seen = Vec::new();
    while let Some(id) = list.try_next().await.expect("a row") {
        fill(&pool, 9).await;
        seen.push(id);
    }
    assert_eq!(seen, (1..=9).collect::<Vec<_>>());
    let both = few(pool.clone(), |db| items(db, None, 2).boxed());
    assert_eq!(both.try_collect::<Vec<_>>().await.expect("few"), [1, 2]);
}
