//! Folders of the index: `index/<slot>/<generation>`.
//!
//! Several processes may start on one data folder. Each takes the first slot whose lock is free, so none waits for
//! another and none writes into another's index. The file `current` names the generation in use.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::platform::search::{Result, SearchError};

/// More processes than this on one data folder are a mistake.
const MOST_SLOTS: u32 = 64;

/// A slot this process holds until the value is dropped.
#[derive(Debug)]
pub struct Slot {
    folder: PathBuf,
    _lock: File,
}

impl Slot {
    /// Takes the first free slot below `root`.
    pub fn take(root: &Path) -> Result<Self> {
        for number in 0..MOST_SLOTS {
            let folder = root.join(number.to_string());
            fs::create_dir_all(&folder)?;
            let lock = File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
            match lock.try_lock() {
                Ok(()) => return Ok(Self { folder, _lock: lock }),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
        Err(SearchError::Unavailable(format!("all {MOST_SLOTS} index slots are taken")))
    }

    /// The generation in use, if one was ever finished.
    pub fn current(&self) -> Option<u64> {
        current(&self.folder)
    }

    /// Makes `generation` the one in use, in one step.
    pub fn set_current(&self, generation: u64) -> Result<()> {
        let (draft, target) = (self.folder.join("current.new"), self.folder.join("current"));
        let mut file = File::create(&draft)?;
        file.write_all(generation.to_string().as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &target)?;
        File::open(&self.folder)?.sync_all()?;
        Ok(())
    }

    /// The folder of a generation.
    pub fn generation(&self, number: u64) -> PathBuf {
        self.folder.join(number.to_string())
    }

    /// Deletes what crashed rebuilds and earlier versions left behind.
    pub fn sweep(&self, keep: u64) -> Result<()> {
        let keep = keep.to_string();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() && entry.file_name().to_str() != Some(&keep) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

/// Slots below `root` that a running process holds, and the folder of the generation each uses.
pub fn taken(root: &Path) -> Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for number in 0..MOST_SLOTS {
        let folder = root.join(number.to_string());
        let Ok(lock) = File::open(folder.join("lock")) else {
            continue;
        };
        // A shared lock is refused only while a process holds the slot; it is given back at once.
        if lock.try_lock_shared().is_ok() {
            continue;
        }
        if let Some(generation) = current(&folder) {
            found.push((format!("slot {number}"), folder.join(generation.to_string())));
        }
    }
    Ok(found)
}

fn current(folder: &Path) -> Option<u64> {
    fs::read_to_string(folder.join("current")).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Slot;

    #[test]
    fn each_taker_gets_its_own_slot_and_a_freed_one_is_reused() {
        let root = tempfile::tempdir().unwrap();
        let first = Slot::take(root.path()).unwrap();
        let second = Slot::take(root.path()).unwrap();
        assert_ne!(first.folder, second.folder);
        first.set_current(3).unwrap();
        assert_eq!(first.current(), Some(3));
        let folder = first.folder.clone();
        drop(first);
        assert_eq!(Slot::take(root.path()).unwrap().folder, folder);
    }
}
