package io.reelkeeper.console.look;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The slugs of sessions and tasks in plain words.
public final class Reasons {

  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("requested", "as requested"),
          Map.entry("operator", "ordered by an operator, or in good time before an expiry"),
          Map.entry("idle", "the channel was empty"),
          Map.entry("start-failed", "the start before it failed"),
          Map.entry("not-confirmed", "Agora never said that it records"),
          Map.entry("not-found", "Agora does not find the recorder any more"),
          Map.entry("ha-not-registered", "Agora's high availability did not take it in (event 13)"),
          Map.entry("exited", "the recorder exited by itself"),
          Map.entry("page-not-ready", "the recorded page did not load in time"),
          Map.entry("page-silent", "the recorded page fell silent"),
          Map.entry("web-recorder-stopped", "the recorder of the page stopped by itself"),
          Map.entry("web-recorder-ended", "the recording of the page ended by itself"),
          Map.entry("replacements-exhausted", "too many replacements within the hour"),
          Map.entry("provider-rejected", "Agora refused the request for good"),
          Map.entry("provider-unavailable", "Agora was out of reach on every domain"),
          Map.entry("workers-exhausted", "Agora had no recorder left for this App ID"),
          Map.entry("replaced", "another recorder took over"),
          Map.entry("called-off", "not needed after all"),
          Map.entry("surplus", "one recorder too many"),
          Map.entry("stopped", "stopped"),
          Map.entry("refused", "Agora refused the start"),
          Map.entry("empty", "nothing was recorded"),
          Map.entry("never-started", "it never started"),
          Map.entry("unprovable", "its longest possible life is over"),
          Map.entry("not-needed", "not needed any more"));

  private Reasons() {}

  /// What is not known here keeps its words.
  public static String inWords(@Nullable String slug) {
    return slug == null ? "" : WORDS.getOrDefault(slug, slug.replace('-', ' '));
  }

  /// As the second half of a sentence, empty when there is no reason.
  public static String because(@Nullable String slug) {
    return Optional.ofNullable(slug).map(it -> ": " + inWords(it)).orElse("");
  }
}
