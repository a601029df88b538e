package io.reelkeeper.outbox;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which events somebody is told.
///
/// @param apps aliases, null for every app
/// @param types names or patterns such as `session.*`; none for every type
/// @param session only of this one, null for every session
public record EventFilter(@Nullable Set<String> apps, List<String> types, @Nullable UUID session) {

  static final EventFilter ALL = new EventFilter(null, List.of(), null);

  /// The same as a condition on rows of the outbox, with the parameters of [#appsOrNull],
  /// [#likesOrNull] and [#session].
  static final String SQL =
      """
      (cast(:apps as text[]) is null or app = any (:apps))
      and (cast(:likes as text[]) is null or type like any (:likes))
      and (cast(:session as uuid) is null or session_id = :session)
      """;

  public EventFilter {
    apps = apps == null ? null : Set.copyOf(apps);
    types = List.copyOf(types);
  }

  public boolean matches(StoredEvent event) {
    return (apps == null || apps.contains(event.app()))
        && (types.isEmpty()
            || types.stream().anyMatch(pattern -> EventTypes.stands(pattern, event.type())))
        && (session == null || session.equals(event.session()));
  }

  String @Nullable [] appsOrNull() {
    return apps == null ? null : apps.toArray(String[]::new);
  }

  /// Patterns of ours have no other special characters: settings and parameters are checked.
  String @Nullable [] likesOrNull() {
    return types.isEmpty()
        ? null
        : types.stream().map(type -> type.replace('*', '%')).toArray(String[]::new);
  }
}
