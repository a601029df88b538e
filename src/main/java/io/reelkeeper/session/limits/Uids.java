package io.reelkeeper.session.limits;

import io.reelkeeper.session.limits.LimitSettings.App;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/// Hands out recorder UIDs from the block that an App ID keeps for them.
@Component
public class Uids {

  /// Two serve in turn; the others stand in where a start of unknown outcome blocks one of them.
  private static final int PER_SESSION = 6;

  private final LimitSettings settings;
  private final RandomGenerator random;

  Uids(LimitSettings settings, RandomGenerator random) {
    this.settings = settings;
    this.random = random;
  }

  /// UIDs for a new session: the caller's wishes first, then free ones of the block.
  public List<String> forSession(String app, List<String> wished, Set<String> taken) {
    List<String> uids = new ArrayList<>(wished);
    App block = settings.app(app);
    while (uids.size() < PER_SESSION) {
      String uid = Long.toString(block.first() + random.nextLong(block.size()));
      if (!taken.contains(uid) && !uids.contains(uid)) {
        uids.add(uid);
      }
    }
    return uids;
  }
}
