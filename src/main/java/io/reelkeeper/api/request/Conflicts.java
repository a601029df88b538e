package io.reelkeeper.api.request;

import io.reelkeeper.core.Destination;
import io.reelkeeper.session.Opening;
import io.reelkeeper.session.state.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// In what an active session differs from what is asked for now, field by field.
public final class Conflicts {

  private Conflicts() {}

  /// @param field a dotted name as in the request, such as `recording.maxIdleTime`
  /// @param active null when the active session has no such field
  /// @param requested null when the request has none
  public record Conflict(String field, @Nullable Object active, @Nullable Object requested) {}

  public static List<Conflict> between(Session active, Opening requested) {
    var conflicts = new ArrayList<Conflict>();
    Destination here = active.destination();
    Destination there = requested.destination();
    if (!place(here).equals(place(there))) {
      conflicts.add(new Conflict("storage", here.profile(), there.profile()));
    }
    compare("prefix", here.prefix(), there.prefix(), conflicts);
    compare("assurance", active.assurance().word(), requested.assurance().word(), conflicts);
    compare("onIdle", active.onIdle().word(), requested.onIdle().word(), conflicts);
    Map<String, JsonNode> has = flat(active.request());
    Map<String, JsonNode> wants = flat(requested.request());
    var fields = new TreeSet<>(has.keySet());
    fields.addAll(wants.keySet());
    fields.forEach(field -> compare(field, has.get(field), wants.get(field), conflicts));
    if (conflicts.isEmpty()) {
      // the digests differ and nothing visible does: it is the channel's key
      conflicts.add(new Conflict("recording.secret", "(secret)", "(secret)"));
    }
    return conflicts;
  }

  private static void compare(
      String field, @Nullable Object active, @Nullable Object requested, List<Conflict> conflicts) {
    if (!Objects.equals(active, requested)) {
      conflicts.add(new Conflict(field, active, requested));
    }
  }

  /// The place without its folders, which are a field of their own.
  private static Destination place(Destination destination) {
    return new Destination(
        destination.profile(),
        destination.vendor(),
        destination.region(),
        destination.bucket(),
        destination.endpoint(),
        List.of(),
        "");
  }

  private static Map<String, JsonNode> flat(JsonNode request) {
    var fields = new TreeMap<String, JsonNode>();
    flatten("", request, fields);
    return fields;
  }

  private static void flatten(String name, JsonNode node, Map<String, JsonNode> fields) {
    if (node instanceof ObjectNode object && !(object.isEmpty() && !name.isEmpty())) {
      object.forEachEntry(
          (member, child) -> flatten(name.isEmpty() ? member : name + "." + member, child, fields));
    } else {
      fields.put(name, node);
    }
  }
}
