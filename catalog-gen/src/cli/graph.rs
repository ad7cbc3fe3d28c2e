//! `catalog-gen graph`: a picture of what is in a repository.

use catalog_gen::{Graph, generate};
use clap::{Args, ValueEnum};

use super::target::Target;
use super::{Done, Outcome, print};

#[derive(Args)]
pub(super) struct Options {
    #[command(flatten)]
    target: Target,
    /// What the picture is written as
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text that GitHub and TechDocs draw.
    Mermaid,
    /// A picture.
    Svg,
}

pub(super) async fn run(options: Options) -> Done {
    let opened = options.target.open().await?;
    let catalogue = generate(&opened.snapshot.material(), &opened.site);
    let graph = Graph::of(catalogue.entities.iter().map(|one| &one.entity));
    print(&match options.format {
        Format::Mermaid => graph.to_mermaid(),
        Format::Svg => graph.to_svg(),
    })?;
    Ok(Outcome::Fine)
}
