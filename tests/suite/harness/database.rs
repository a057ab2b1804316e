//! A database for each test: a copy of a migrated SQLite file, or a PostgreSQL database made from a migrated template.

use super::postgres::Cluster;
use shixun_persistence::{
    Db, DbOptions,
    db::{DbUrl, migrate},
};
use std::{
    path::PathBuf,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// The two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

static NUMBER: AtomicU32 = AtomicU32::new(1);

/// The cluster of this run, started at the first test that needs it.
static CLUSTER: LazyLock<Option<Cluster>> = LazyLock::new(|| {
    let cluster = Cluster::start();
    if let Some(cluster) = &cluster {
        cluster.execute("postgres", "CREATE DATABASE template_shixun");
        let url: DbUrl = cluster.url("template_shixun").parse().unwrap();
        migrate(&mut url.connect(true).unwrap()).unwrap();
    } else if std::env::var("SHIXUN_REQUIRE_POSTGRES").is_ok() {
        panic!("SHIXUN_REQUIRE_POSTGRES is set and no PostgreSQL binaries were found: install postgresql");
    } else {
        eprintln!("NO POSTGRESQL BINARIES FOUND: ONLY THE SQLITE HALF OF THE SUITE RUNS. tests/run INSTALLS THEM.");
    }
    cluster
});

/// Whether the PostgreSQL half can run. With `SHIXUN_REQUIRE_POSTGRES` it must.
pub fn postgres_is_here() -> bool {
    CLUSTER.is_some()
}

/// The folder of this run's SQLite files.
pub fn folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("shixun-suite-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A migrated SQLite file that tests copy.
static TEMPLATE: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = folder().join("template.db");
    let url: DbUrl = format!("sqlite:{}", path.display()).parse().unwrap();
    migrate(&mut url.connect(true).unwrap()).unwrap();
    path
});

/// A database of one test, removed with it.
pub struct Database {
    kind: Kind,
    name: String,
}

impl Database {
    /// Migrated and empty.
    pub fn fresh(kind: Kind) -> Database {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = match kind {
            Kind::Sqlite => {
                let path = folder().join(format!("{number}.db"));
                std::fs::copy(&*TEMPLATE, &path).unwrap();
                path.display().to_string()
            }
            Kind::Postgres => {
                let name = format!("test_{number}");
                CLUSTER
                    .as_ref()
                    .unwrap()
                    .execute("postgres", &format!("CREATE DATABASE {name} TEMPLATE template_shixun"));
                name
            }
        };
        Database { kind, name }
    }

    /// Without any table.
    pub fn blank(kind: Kind) -> Database {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = match kind {
            Kind::Sqlite => folder().join(format!("{number}.db")).display().to_string(),
            Kind::Postgres => {
                let name = format!("test_{number}");
                CLUSTER.as_ref().unwrap().execute("postgres", &format!("CREATE DATABASE {name}"));
                name
            }
        };
        Database { kind, name }
    }

    /// Which database it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its address.
    pub fn url(&self) -> DbUrl {
        match self.kind {
            Kind::Sqlite => format!("sqlite:{}", self.name),
            Kind::Postgres => CLUSTER.as_ref().unwrap().url(&self.name),
        }
        .parse()
        .unwrap()
    }

    /// Its address whole, as the program takes it.
    pub fn address(&self) -> String {
        match self.url() {
            DbUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DbUrl::Postgres(url) => url,
        }
    }

    /// Cuts every connection to a PostgreSQL database and lets nobody in, as while its server is stopped.
    pub fn shut(&self) {
        self.let_in(false);
        let cut =
            format!("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{}'", self.name);
        CLUSTER.as_ref().unwrap().execute("postgres", &cut);
    }

    /// Lets everybody in again.
    pub fn reopen(&self) {
        self.let_in(true);
    }

    fn let_in(&self, everybody: bool) {
        let statement = format!("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {everybody}", self.name);
        CLUSTER.as_ref().unwrap().execute("postgres", &statement);
    }

    /// Opens it.
    pub fn open(&self) -> Db {
        Db::open(&self.url(), &DbOptions { connections: 4, ..DbOptions::default() }).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        match self.kind {
            Kind::Sqlite => {
                for suffix in ["", "-wal", "-shm"] {
                    std::fs::remove_file(format!("{}{suffix}", self.name)).ok();
                }
            }
            Kind::Postgres => {
                if let Some(cluster) = CLUSTER.as_ref() {
                    cluster.execute("postgres", &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
                }
            }
        }
    }
}
