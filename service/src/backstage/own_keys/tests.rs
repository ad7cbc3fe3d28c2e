use super::*;

async fn database() -> Db {
    let db = Db::open_memory().await.unwrap();
    db.migrate().await.unwrap();
    db
}

fn sealer(digit: &str) -> Sealer {
    Sealer::from_hex(&Secret::new(digit.repeat(64))).unwrap()
}

/// A key that was made so many hours ago.
async fn aged(db: &Db, sealer: &Sealer, kid: &str, hours: i64) {
    let NewKey { public, private } = NewKey::generate(kid).unwrap();
    let key = StoredKey {
        kid: kid.to_owned(),
        public_key: public.to_string(),
        sealed: sealer.seal(&row(kid), &private).unwrap(),
        created_at: db.now_ms() - hours * HOUR_MS,
    };
    store::add_key(db, &key, 0).await.unwrap();
}

async fn published(keys: &OwnKeys) -> Vec<String> {
    let set = keys.published().await.unwrap();
    set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn signs_with(keys: &OwnKeys) -> String {
    let token = keys.own_token(&PluginId::parse("catalog").unwrap()).await.unwrap();
    jwt::Head::read(token.expose()).unwrap().kid
}

#[tokio::test]
async fn a_key_signs_for_a_day_and_is_published_until_its_tokens_are_gone() {
    let (db, sealer) = (database().await, sealer("a"));
    aged(&db, &sealer, "27-hours", 27).await;
    aged(&db, &sealer, "25-hours", 25).await;
    aged(&db, &sealer, "23-hours", 23).await;

    let keys = OwnKeys::new(db.clone(), sealer.clone());

    assert_eq!(signs_with(&keys).await, "23-hours");
    assert_eq!(published(&keys).await, ["23-hours", "25-hours"]);
}

#[tokio::test]
async fn a_new_key_takes_over_and_old_ones_are_removed() {
    let (db, sealer) = (database().await, sealer("a"));
    aged(&db, &sealer, "27-hours", 27).await;
    aged(&db, &sealer, "25-hours", 25).await;

    let keys = OwnKeys::new(db.clone(), sealer);
    let signing = signs_with(&keys).await;

    assert_eq!(published(&keys).await, [signing, "25-hours".to_owned()]);
    assert_eq!(store::keys_since(&db, 0).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_key_that_was_sealed_with_another_key_does_not_sign() {
    let db = database().await;
    aged(&db, &sealer("b"), "foreign", 1).await;

    let keys = OwnKeys::new(db, sealer("a"));

    assert_ne!(signs_with(&keys).await, "foreign");
    assert_eq!(published(&keys).await.len(), 2);
}

#[tokio::test]
async fn a_token_is_used_again_for_its_plugin_alone() {
    let keys = OwnKeys::new(database().await, sealer("a"));
    let [catalog, events] = ["catalog", "events"].map(|id| PluginId::parse(id).unwrap());

    let first = keys.own_token(&catalog).await.unwrap();

    assert_eq!(keys.own_token(&catalog).await.unwrap(), first);
    assert_ne!(keys.own_token(&events).await.unwrap(), first);
    keys.tokens(|tokens| tokens.get_mut(&catalog).unwrap().1 = jwt::now() + RENEWED_SECONDS);
    assert_ne!(keys.own_token(&catalog).await.unwrap(), first);
}
