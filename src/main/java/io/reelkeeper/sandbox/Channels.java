package io.reelkeeper.sandbox;

import io.reelkeeper.sandbox.recorder.Channel;
import io.reelkeeper.sandbox.recorder.Channel.Page;
import io.reelkeeper.sandbox.recorder.Channel.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/// The channels as they were told to be; guarded by the lock of the sandbox.
public final class Channels {

  private static final List<User> TWO =
      List.of(User.sending("1000000001"), User.sending("1000000002"));

  private final Channel usual;
  private final Map<String, Channel> told = new HashMap<>();
  private final BiConsumer<Set<String>, Runnable> change;

  /// @param change runs an action under the lock, after all that was due before it, and lets the
  ///     recorders of these channels look again
  Channels(boolean busy, BiConsumer<Set<String>, Runnable> change) {
    this.usual = new Channel(busy ? TWO : List.of(), Page.OPENS, true);
    this.change = change;
  }

  /// One channel, to be told what goes on in it.
  public final class Handle {

    private final String cname;

    private Handle(String cname) {
      this.cname = cname;
    }

    /// Sets who is there, and nobody else.
    public Handle has(User... users) {
      return set(channel -> new Channel(List.of(users), channel.page(), channel.live()));
    }

    public Handle isEmpty() {
      return has();
    }

    /// Adds a user, or changes what that user sends.
    public Handle join(User user) {
      return set(
          channel -> {
            var users = new ArrayList<>(channel.users());
            users.removeIf(other -> other.uid().equals(user.uid()));
            users.add(user);
            return new Channel(users, channel.page(), channel.live());
          });
    }

    public Handle leave(String uid) {
      return set(
          channel ->
              new Channel(
                  channel.users().stream().filter(user -> !user.uid().equals(uid)).toList(),
                  channel.page(),
                  channel.live()));
    }

    /// Sets how a web page recorded under this name behaves.
    public Handle page(Page page) {
      return set(channel -> new Channel(channel.users(), page, channel.live()));
    }

    /// Sets whether the presence API calls it a live channel.
    public Handle live(boolean live) {
      return set(channel -> new Channel(channel.users(), channel.page(), live));
    }

    private Handle set(UnaryOperator<Channel> step) {
      change.accept(Set.of(cname), () -> told.put(cname, step.apply(of(cname))));
      return this;
    }
  }

  Handle handle(String cname) {
    return new Handle(cname);
  }

  Channel of(String cname) {
    return told.getOrDefault(cname, usual);
  }

  Map<String, Channel> told() {
    return Map.copyOf(told);
  }

  /// Every channel is again as it is by default.
  void reset() {
    change.accept(Set.copyOf(told.keySet()), told::clear);
  }
}
