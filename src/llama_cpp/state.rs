//! The state of a sequence in a file.
//!
//! llama.cpp writes the tokens and the state, and believes what it reads: a damaged file may end the process, and one of
//! another model is taken for this one's. So a seal is put behind what it writes, and looked at before it reads: which
//! model the state is of, and a checksum over everything.
use crate::{Error, ErrorKind, Result};
use llama_cpp_2::token::LlamaToken;
use std::{
    fs::{File, OpenOptions},
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
};

const MAGIC: [u8; 8] = *b"CATSTAT1";
/// The lengths of the model's name and of the state, the checksum, and the magic.
const SEAL: u64 = 32;
/// What llama.cpp puts before the tokens: magic, version and their number.
const HEAD: u64 = 12;

/// Puts the seal behind a state of `length` bytes that llama.cpp wrote.
pub(super) fn seal(path: &Path, length: u64, identity: &str) -> Result<()> {
    let sealed = || -> io::Result<()> {
        let mut file = OpenOptions::new().read(true).append(true).open(path)?;
        if file.metadata()?.len() != length {
            return Err(io::Error::new(io::ErrorKind::WriteZero, "not all of it was written: is the disk full?"));
        }
        let checksum = checksum((&mut file).take(length).chain(identity.as_bytes()))?;
        file.write_all(identity.as_bytes())?;
        file.write_all(&(identity.len() as u64).to_le_bytes())?;
        file.write_all(&length.to_le_bytes())?;
        file.write_all(&checksum.to_le_bytes())?;
        file.write_all(&MAGIC)?;
        file.sync_all()
    };
    sealed().map_err(|error| failed("written", path, error))
}

/// Which of these models the whole and undamaged state in a file is of.
pub(super) fn check<K: Copy>(path: &Path, identities: &[(K, String)]) -> Result<K> {
    let (found, Seal { identity, length, sum }) = sealed(path, identities)?;
    let summed = File::open(path).and_then(|file| checksum(file.take(length).chain(identity.as_bytes())));
    if summed.map_err(|error| failed("read", path, error))? != sum {
        return Err(damaged(path, "its checksum is another one"));
    }
    Ok(found)
}

/// Which of these models a file claims to have a state of, and of which tokens. Only its two ends are read: it may be
/// damaged, and is to be checked before it is used.
pub(super) fn claim<K: Copy>(path: &Path, identities: &[(K, String)]) -> Result<(K, Vec<LlamaToken>)> {
    let (found, Seal { length, .. }) = sealed(path, identities)?;
    Ok((found, tokens(path, length).map_err(|error| failed("read", path, error))?))
}

/// The seal of a file, and which of these models it names.
fn sealed<K: Copy>(path: &Path, identities: &[(K, String)]) -> Result<(K, Seal)> {
    let seal = read_seal(path).map_err(|error| failed("read", path, error))?;
    let seal = seal.ok_or_else(|| damaged(path, "it has no seal"))?;
    let found = identities.iter().find(|(_, known)| *known == seal.identity).map(|&(found, _)| found);
    let found = found.ok_or_else(|| {
        let message = "the state is one of another model, or of one that was loaded in another way: only the very same \
                       file, loaded alike, can go on from it";
        Error::new(ErrorKind::Load, message).with_path(path.display().to_string())
    })?;
    Ok((found, seal))
}

/// The tokens that llama.cpp put before a state, which has `length` bytes with them.
fn tokens(path: &Path, length: u64) -> io::Result<Vec<LlamaToken>> {
    let mut file = BufReader::new(File::open(path)?);
    file.seek(SeekFrom::Start(HEAD - 4))?;
    let count = u64::from(u32::from_le_bytes(bytes(&mut file)?));
    if count > length.saturating_sub(HEAD) / 4 {
        return Err(io::ErrorKind::InvalidData.into());
    }
    (0..count).map(|_| Ok(LlamaToken(i32::from_le_bytes(bytes(&mut file)?)))).collect()
}

struct Seal {
    identity: String,
    length: u64,
    sum: u64,
}

/// What stands at the end of a file, if it has a seal.
fn read_seal(path: &Path) -> io::Result<Option<Seal>> {
    let mut file = File::open(path)?;
    let whole = file.metadata()?.len();
    let Some(end) = whole.checked_sub(SEAL) else { return Ok(None) };
    file.seek(SeekFrom::Start(end))?;
    let named = u64::from_le_bytes(bytes(&mut file)?);
    let length = u64::from_le_bytes(bytes(&mut file)?);
    let sum = u64::from_le_bytes(bytes(&mut file)?);
    if bytes(&mut file)? != MAGIC || length.checked_add(named) != Some(end) || length < HEAD {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(length))?;
    let mut identity = Vec::new();
    file.take(named).read_to_end(&mut identity)?;
    Ok(String::from_utf8(identity).ok().map(|identity| Seal { identity, length, sum }))
}

/// Any single change of a word changes it.
fn checksum(mut source: impl Read) -> io::Result<u64> {
    let mut sum = 0_u64;
    let mut block = vec![0; 1 << 16];
    loop {
        // Whole blocks, so that where a read ends is of no account.
        let mut filled = 0;
        while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match source.read(rest)? {
                0 => break,
                count => filled += count,
            }
        }
        for word in block.get(..filled).unwrap_or_default().chunks(8) {
            let mut padded = [0; 8];
            padded.iter_mut().zip(word).for_each(|(place, byte)| *place = *byte);
            sum = (sum.rotate_left(5) ^ u64::from_le_bytes(padded)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        if filled < block.len() {
            return Ok(sum);
        }
    }
}

fn bytes<const N: usize>(source: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    source.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn damaged(path: &Path, how: &str) -> Error {
    let message = format!("the file is no saved state, or a damaged one ({how}): save the state again");
    Error::new(ErrorKind::Load, message).with_path(path.display().to_string())
}

fn failed(what: &str, path: &Path, error: io::Error) -> Error {
    let message = format!("the state cannot be {what}: {error}");
    Error::new(ErrorKind::Io, message).with_path(path.display().to_string()).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_change_of_a_sealed_file_is_found(
            state in prop::collection::vec(any::<u8>(), 12..300), at in any::<prop::sample::Index>(), bit in 0_u8..8, cut in any::<bool>(),
        ) {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &state).unwrap();
            seal(file.path(), state.len() as u64, "model").unwrap();
            let models = [(0, "other".to_owned()), (1, "model".to_owned())];
            prop_assert_eq!(check(file.path(), &models).unwrap(), 1);
            prop_assert_eq!(check(file.path(), &models[..1]).unwrap_err().kind(), ErrorKind::Load);
            let mut whole = std::fs::read(file.path()).unwrap();
            let place = at.index(whole.len());
            if cut {
                whole.truncate(place);
            } else {
                whole[place] ^= 1 << bit;
            }
            std::fs::write(file.path(), &whole).unwrap();
            prop_assert_eq!(check(file.path(), &models).unwrap_err().kind(), ErrorKind::Load);
        }
    }

    #[test]
    fn what_a_file_claims_is_read_from_its_ends() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let with_count = |count: u32| {
            let head = [0_u32, 0, count, 7, 8, 9].map(u32::to_le_bytes).concat();
            std::fs::write(file.path(), [head, vec![0; 5000]].concat()).unwrap();
            seal(file.path(), 5024, "model").unwrap();
        };
        let models = [(1, "model".to_owned())];
        with_count(3);
        let claimed = (1, [7, 8, 9].map(LlamaToken).to_vec());
        assert_eq!(claim(file.path(), &models).unwrap(), claimed);
        // What is between the ends is looked at when it is used.
        let mut bytes = std::fs::read(file.path()).unwrap();
        bytes[2500] = 1;
        std::fs::write(file.path(), bytes).unwrap();
        assert_eq!(claim(file.path(), &models).unwrap(), claimed);
        assert_eq!(check(file.path(), &models).unwrap_err().kind(), ErrorKind::Load);
        assert_eq!(claim(file.path(), &[(1, "other".to_owned())]).unwrap_err().kind(), ErrorKind::Load);
        with_count(u32::MAX);
        assert_eq!(claim(file.path(), &models).unwrap_err().kind(), ErrorKind::Io);
    }

    #[test]
    fn what_was_not_written_whole_is_not_sealed() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), [0; 20]).unwrap();
        assert_eq!(seal(file.path(), 40, "model").unwrap_err().kind(), ErrorKind::Io);
        assert_eq!(check::<()>(Path::new("no-such-state"), &[]).unwrap_err().kind(), ErrorKind::Io);
    }
}
