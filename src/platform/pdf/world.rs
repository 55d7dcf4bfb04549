//! What typst may see: the templates, the data of one paper, and fonts. Nothing else, and no network.

use std::fs;
use std::path::Path;
use std::sync::{LazyLock, OnceLock};

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World};

use super::{Paper, PdfError, Template};

/// Where a template finds its data.
const DATA: &str = "data.json";

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// Read when the first paper is made: most processes make none, and reading them takes a moment.
static EMBEDDED: LazyLock<Vec<Font>> =
    LazyLock::new(|| typst_assets::fonts().flat_map(|font| Font::iter(Bytes::new(font))).collect());

/// The fonts of the program, and before them those of the office.
pub(super) struct Fonts {
    of_office: Vec<Font>,
    shelf: OnceLock<Shelf>,
}

struct Shelf {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

impl Fonts {
    pub fn load(folder: Option<&Path>) -> Result<Self, PdfError> {
        let of_office = folder.map(of_folder).transpose()?.unwrap_or_default();
        Ok(Self { of_office, shelf: OnceLock::new() })
    }

    fn shelf(&self) -> &Shelf {
        self.shelf.get_or_init(|| {
            let fonts: Vec<Font> = self.of_office.iter().chain(EMBEDDED.iter()).cloned().collect();
            Shelf { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
        })
    }
}

fn of_folder(folder: &Path) -> Result<Vec<Font>, PdfError> {
    let bad = |error: std::io::Error| PdfError::Folder(format!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(bad)? {
        let path = entry.map_err(bad)?.path();
        if path.extension().is_some_and(|end| end == "ttf" || end == "otf") {
            files.push(path);
        }
    }
    files.sort();
    let mut fonts = Vec::new();
    for file in files {
        fonts.extend(Font::iter(Bytes::new(fs::read(file).map_err(bad)?)));
    }
    Ok(fonts)
}

/// One paper and what it is made from.
pub(super) struct Sheet<'a> {
    fonts: &'a Fonts,
    folder: Option<&'a Path>,
    templates: &'static [Template],
    main: FileId,
    data: Bytes,
    today: Datetime,
}

impl<'a> Sheet<'a> {
    pub fn new(
        fonts: &'a Fonts,
        (folder, templates): (Option<&'a Path>, &'static [Template]),
        paper: &Paper,
        today: Datetime,
    ) -> Result<Self, PdfError> {
        let main = VirtualPath::new(paper.template)
            .map_err(|error| PdfError::Template(paper.template.to_owned(), format!("{error:?}")))?;
        let data = Bytes::from_string(paper.data.to_string());
        Ok(Self {
            fonts,
            folder,
            templates,
            main: RootedPath::new(VirtualRoot::Project, main).intern(),
            data,
            today,
        })
    }

    fn content(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.get();
        let name = path.vpath().get_without_slash();
        // Packages would come over the network.
        if !matches!(path.root(), VirtualRoot::Project) {
            return Err(FileError::AccessDenied);
        }
        if name == DATA {
            return Ok(self.data.clone());
        }
        // Like a folder of the office that lies over the one of the program. The path cannot climb out of it.
        if let Some(content) = self.folder.and_then(|folder| fs::read(folder.join(name)).ok()) {
            return Ok(Bytes::new(content));
        }
        let embedded = self.templates.iter().find(|(template, _)| *template == name);
        let (_, text) = embedded.ok_or_else(|| FileError::NotFound(name.into()))?;
        Ok(Bytes::new(text.as_bytes()))
    }
}

impl World for Sheet<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.shelf().book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let content = self.content(id)?;
        let text = content.as_str().map_err(|_| FileError::InvalidUtf8)?;
        Ok(Source::new(id, text.to_owned()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.content(id)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.shelf().fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        Some(self.today)
    }
}
