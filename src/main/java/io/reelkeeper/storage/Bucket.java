package io.reelkeeper.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A bucket as this service may look into it: list, read, hand out links. Nothing is written but
/// the object of a [StorageProbe].
///
/// Whether an object is there is told by listing alone, a thousand at a time: asking for each one
/// would cost a request per slice of a recording.
public sealed interface Bucket permits AzureBucket, S3Bucket {

  /// How long a link to an object is good for: time to begin a download, too short to be shared.
  Duration LINK_LIFE = Duration.ofMinutes(15);

  /// One object of a listing; `size` in bytes.
  record Stored(String key, long size) {}

  /// One page of a listing.
  ///
  /// @param next where the next page begins, to be given as `after`; null on the last one
  record Page(List<Stored> objects, @Nullable String next) {
    public Page {
      objects = List.copyOf(objects);
    }
  }

  /// Takes what it wants from an object; may be called again with a new stream when the first one
  /// broke.
  @FunctionalInterface
  interface Reading<T> {
    T from(InputStream content) throws IOException;
  }

  /// At most a thousand objects whose keys begin with the prefix, in the order of their keys, with
  /// one call.
  ///
  /// @param after `next` of the page before, null for the first
  Seen<Page> list(String prefix, @Nullable String after);

  /// @param most bytes that an object may have; of a longer one the reading gets an exception
  <T> Seen<T> read(String key, long most, Reading<T> reading);

  /// A link that anybody may read this object with for [#LINK_LIFE]; nobody is asked for it.
  Optional<URI> link(String key);

  /// Writes a small text, over what there was.
  Seen<Boolean> write(String key, String text);

  Seen<Boolean> remove(String key);

  /// Whether this service may look into the bucket at all: one listing that finds nothing.
  default Seen<Page> probe() {
    return list("reelkeeper-probe", null);
  }
}
