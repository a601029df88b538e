package io.reelkeeper.console.picture;

import io.reelkeeper.console.look.Ages;
import io.reelkeeper.evidence.Moment;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What happened, line by line, without what happens all the time.
///
/// @param lines the youngest first
/// @param left how many older ones are not shown
public record Story(List<Line> lines, int left) {

  public record Line(String when, String full, String task, String kind, String says) {}

  private static final int MOST = 150;

  /// What changed nothing, and proofs of that.
  private static final Set<String> EVERYDAY =
      Set.of("NOTED", "EVIDENCE", "PROVEN_AGAIN", "POSTPONED", "PAGE_ALIVE");

  /// Comes every minute.
  private static final int UPLOADING = 33;

  /// Agora's event types for people.
  private static final Map<Integer, String> EVENTS =
      Map.ofEntries(
          Map.entry(1, "error"),
          Map.entry(2, "warning"),
          Map.entry(3, "a call did not fit the state"),
          Map.entry(4, "the playlist is in the bucket"),
          Map.entry(11, "the recorder exited"),
          Map.entry(12, "Agora moved the recorder to another UID"),
          Map.entry(13, "high availability watches the recorder"),
          Map.entry(30, "the upload began"),
          Map.entry(31, "all files are in the bucket"),
          Map.entry(32, "all files are up, some in Agora's backup cloud"),
          Map.entry(33, "the upload goes on"),
          Map.entry(40, "the recorder is in the channel"),
          Map.entry(41, "the recorder left the channel"),
          Map.entry(42, "a file was begun"),
          Map.entry(43, "somebody's sound went on or off"),
          Map.entry(44, "somebody's picture went on or off"),
          Map.entry(45, "a snapshot is in the bucket"),
          Map.entry(70, "the recording of the page began"),
          Map.entry(71, "the recording of the page stopped"),
          Map.entry(72, "the page uses what cannot be recorded"),
          Map.entry(73, "the page was loaded anew"),
          Map.entry(80, "transcoding began"),
          Map.entry(81, "transcoding is done"),
          Map.entry(90, "files could not be fetched for transcoding"),
          Map.entry(100, "a push of the stream changed"),
          Map.entry(1001, "transcoding is done for good"));

  /// @param moments in the order of time
  public static Story of(List<Moment> moments) {
    List<Moment> telling =
        moments.reversed().stream()
            .filter(it -> !EVERYDAY.contains(it.detail().path("rule").asString("")))
            .filter(it -> it.detail().path("eventType").asInt(0) != UPLOADING)
            .filter(it -> !isAnsweredQuery(it))
            .toList();
    return new Story(
        telling.stream().limit(MOST).map(Story::line).toList(), Math.max(0, telling.size() - MOST));
  }

  private static boolean isAnsweredQuery(Moment moment) {
    return moment.kind().equals("request")
        && moment.detail().path("operation").asString("").equals("query")
        && moment.detail().path("outcome").asString("").equals("granted");
  }

  private static Line line(Moment moment) {
    String kind =
        switch (moment.kind()) {
          case "request" -> "we asked";
          case "notification" -> "Agora told";
          default -> "decided";
        };
    return new Line(
        Ages.time(moment.at()),
        Ages.full(moment.at()) + " UTC",
        moment.task() == null ? "" : String.valueOf(moment.task()),
        kind,
        inWords(moment));
  }

  static String inWords(Moment moment) {
    if (moment.kind().equals("decision")) {
      // without the name of the signal, which the program gave it
      return moment.summary().replaceFirst("^\\w+: ", "");
    }
    if (!moment.kind().equals("notification")) {
      return moment.summary();
    }
    int event = moment.detail().path("eventType").asInt(-1);
    String words = EVENTS.get(event);
    return words == null ? moment.summary() : "event %d, %s".formatted(event, words);
  }
}
