package io.reelkeeper.session;

import io.reelkeeper.outbox.BusinessEvent;
import io.reelkeeper.session.machine.Move;
import io.reelkeeper.session.state.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// What the business is told of a move: the session as it is then, as the API shows it.
@Component
class Told {

  private final SessionSearch search;
  private final JsonMapper json;

  Told(SessionSearch search, JsonMapper json) {
    this.search = search;
    this.json = json;
  }

  List<BusinessEvent> of(Move move) {
    if (move.events().stream().noneMatch(Told::tellsTheSession)) {
      return move.events();
    }
    Session next = move.next();
    Map<String, @Nullable Object> session =
        new LinkedHashMap<String, @Nullable Object>(
            json.convertValue(
                SessionView.of(
                    next.with(search.files(List.of(next.id())).getOrDefault(next.id(), List.of()))),
                new TypeReference<LinkedHashMap<String, Object>>() {}));
    return move.events().stream()
        .map(event -> tellsTheSession(event) ? telling(event, session) : event)
        .toList();
  }

  /// Alarms and audits tell a finding.
  private static boolean tellsTheSession(BusinessEvent event) {
    return event.type().startsWith("session.")
        || event.type().startsWith("task.")
        || event.type().startsWith("files.");
  }

  /// With the number of the task that it is about, where it is about one.
  private static BusinessEvent telling(BusinessEvent event, Map<String, @Nullable Object> session) {
    Map<String, @Nullable Object> data = new LinkedHashMap<>(session);
    if (event.data().containsKey("task")) {
      data.put("task", event.data().get("task"));
    }
    return new BusinessEvent(event.type(), event.session(), event.app(), event.at(), data);
  }
}
