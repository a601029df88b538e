package io.reelkeeper.sandbox.recorder;

import java.util.List;

/// Who is in a channel, and how a web page that is recorded under this name behaves.
///
/// @param live whether the presence API calls it a live channel (mode 2) or a conversation (mode 1)
public record Channel(List<User> users, Page page, boolean live) {

  /// Someone in the channel.
  ///
  /// @param host whether the user may send in a live channel; one who does not is audience
  public record User(String uid, boolean audio, boolean video, boolean host) {

    public static User sending(String uid) {
      return new User(uid, true, true, true);
    }

    /// A host who sends nothing.
    public static User silent(String uid) {
      return new User(uid, false, false, true);
    }

    public static User audience(String uid) {
      return new User(uid, false, false, false);
    }
  }

  /// What becomes of a page that is to be recorded.
  public enum Page {
    OPENS,
    UNREACHABLE,
    START_FAILED,
    /// It opens but never calls `notifyReady()`.
    NEVER_READY,
    /// It opens, and as far as Agora sees all is well; only its probe never says so.
    NOT_READY,
    /// Its probe says that it is ready, then nothing any more.
    SILENT,
    /// It wants more than the recorder can do.
    TOO_DEMANDING
  }

  public Channel {
    users = List.copyOf(users);
  }

  boolean has(String uid) {
    return users.stream().anyMatch(user -> user.uid().equals(uid));
  }
}
