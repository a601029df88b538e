package io.reelkeeper.api.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who makes a request, as told by the key it came with.
///
/// @param name the key's name; idempotency keys are kept apart by it
/// @param apps the only apps that exist for this caller, null for every app
public record Caller(String name, @Nullable Set<String> apps) {

  public boolean mayUse(String app) {
    return apps == null || apps.contains(app);
  }
}
