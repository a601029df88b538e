package io.reelkeeper.provider;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What Agora's answers say, in our words.
public final class Heard {

  private Heard() {}

  /// @param name without any certainty about a prefix (reference §4.2): as Agora wrote it
  /// @param trackType `audio`, `video`, `audio_and_video`, or null where Agora does not say
  /// @param uid the recorded user, `0` for all
  /// @param sliceStartMs Unix milliseconds, 0 when unknown
  public record File(
      String name, @Nullable String trackType, @Nullable String uid, long sliceStartMs) {}

  public record Acquired(String resourceId) {}

  public record Started(String sid) {}

  /// @param status 0 to 8 or 20 (reference §4.3)
  public record Queried(int status, List<File> files) {
    public Queried {
      files = List.copyOf(files);
    }
  }

  /// @param uploading `uploaded`, `backuped`, `unknown`, or null when not said
  public record Stopped(@Nullable String uploading, List<File> files) {
    public Stopped {
      files = List.copyOf(files);
    }
  }

  public record Updated() {}

  /// @param hosts users that keep a recorder from being idle
  public record Present(boolean exists, int hosts) {}
}
