package io.reelkeeper.audit;

import io.reelkeeper.core.FileNames;
import io.reelkeeper.storage.Bucket;
import io.reelkeeper.storage.Seen;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a bucket holds of one sid, as one listing tells it.
///
/// Of an object it keeps sixteen bytes, the hash of its key and its size, so that a recording of
/// weeks is judged in the memory of one of an hour. Among a million keys two meet in one hash once
/// in thirty million audits.
final class Inventory {

  /// Agora moves a recording three times at most; more than that is not looked for.
  private static final int MOST_MOVES = 8;

  /// Pages of a thousand; a bucket that lists more under one sid is not believed.
  private static final int MOST_PAGES = 2000;

  /// Playlists and MP4 files whose names are kept: a channel's users, and hours. What has more is
  /// not judged, for it would be judged without them.
  static final int MOST_NAMED = 20_000;

  private final SortedMap<String, Long> named = new TreeMap<>();
  private long[] hashes = new long[1024];
  private long[] sizes = new long[1024];
  private int count;
  private int pages;

  private Inventory() {}

  /// Lists all that begins with the sid, then with `bak0_` and the sid, and so on while there is
  /// any.
  ///
  /// @param folders with a slash at the end, or empty
  static Seen<Inventory> of(Bucket bucket, String folders, String sid) {
    var inventory = new Inventory();
    Seen<Integer> seen = inventory.add(bucket, folders + sid);
    for (int move = 0; move < MOST_MOVES && seen instanceof Seen.Readable<Integer>; move++) {
      seen = inventory.add(bucket, folders + "bak" + move + "_" + sid);
      if (seen instanceof Seen.Readable<Integer>(Integer found) && found == 0) {
        break;
      }
    }
    if (!(seen instanceof Seen.Readable<Integer>)) {
      return seen.failure();
    }
    return inventory.named.size() > MOST_NAMED
        ? new Seen.Unreachable<>("more than " + MOST_NAMED + " playlists and MP4 files")
        : new Seen.Readable<>(inventory);
  }

  private Seen<Integer> add(Bucket bucket, String prefix) {
    int found = 0;
    String after = null;
    do {
      if (++pages > MOST_PAGES) {
        return new Seen.Unreachable<>("more objects than one recording has");
      }
      Seen<Bucket.Page> page = bucket.list(prefix, after);
      if (!(page
          instanceof
          Seen.Readable<Bucket.Page>(Bucket.Page(List<Bucket.Stored> objects, String next)))) {
        return page.failure();
      }
      objects.forEach(this::add);
      found += objects.size();
      after = next;
    } while (after != null);
    return new Seen.Readable<>(found);
  }

  private void add(Bucket.Stored object) {
    put(hash(object.key()), object.size());
    boolean isKept =
        FileNames.type(object.key())
            .filter(it -> it.equals("m3u8") || it.equals("mp4"))
            .isPresent();
    if (isKept && named.size() <= MOST_NAMED) {
      named.put(object.key(), object.size());
    }
  }

  boolean isEmpty() {
    return count == 0;
  }

  int count() {
    return count;
  }

  /// The object's size in bytes; empty when it was not listed.
  OptionalLong size(String key) {
    int slot = slot(hashes, hash(key));
    return hashes[slot] == 0 ? OptionalLong.empty() : OptionalLong.of(sizes[slot]);
  }

  /// Every playlist and MP4 file with its size, by key.
  SortedMap<String, Long> named() {
    return named;
  }

  private void put(long hash, long size) {
    if ((count + 1) * 2 > hashes.length) {
      grow();
    }
    int slot = slot(hashes, hash);
    count += hashes[slot] == 0 ? 1 : 0;
    hashes[slot] = hash;
    sizes[slot] = size;
  }

  private void grow() {
    long[] more = new long[hashes.length * 2];
    long[] moreSizes = new long[more.length];
    for (int i = 0; i < hashes.length; i++) {
      if (hashes[i] != 0) {
        int slot = slot(more, hashes[i]);
        more[slot] = hashes[i];
        moreSizes[slot] = sizes[i];
      }
    }
    hashes = more;
    sizes = Arrays.copyOf(moreSizes, moreSizes.length);
  }

  /// Where the hash lies, or would.
  private static int slot(long[] hashes, long hash) {
    int slot = (int) (hash ^ (hash >>> 32)) & (hashes.length - 1);
    while (hashes[slot] != 0 && hashes[slot] != hash) {
      slot = (slot + 1) & (hashes.length - 1);
    }
    return slot;
  }

  /// FNV-1a over the characters, well mixed; never 0, which is an empty slot.
  private static long hash(String key) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 32)) * 0xd6e8feb86659fd93L;
    hash ^= hash >>> 32;
    return hash == 0 ? 1 : hash;
  }
}
