//! Gives the program the text of the migrations, so that whatever follows from it need not be written down again, and has them
//! embedded anew whenever one of them changes.

// Cargo reads what is printed.
#![allow(clippy::print_stdout)]

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../migrations");
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../migrations").canonicalize()?;
    let mut code = String::new();
    for (name, folder) in [("SQLITE", "sqlite"), ("POSTGRES", "postgres")] {
        let mut steps = Vec::new();
        for entry in fs::read_dir(root.join(folder))? {
            steps.push(entry?.path().join("up.sql"));
        }
        steps.sort();
        writeln!(code, "/// The steps of `migrations/{folder}`, in their order.")?;
        writeln!(code, "const {name}: &[&str] = &[")?;
        for step in steps {
            writeln!(code, "    include_str!({step:?}),")?;
        }
        writeln!(code, "];")?;
    }
    fs::write(Path::new(&env::var("OUT_DIR")?).join("migrations.rs"), code)?;
    Ok(())
}
