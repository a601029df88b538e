package io.reelkeeper.api;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.api.problem.Problems;
import io.reelkeeper.audit.Audits;
import io.reelkeeper.audit.MergedPlaylist;
import io.reelkeeper.core.Mode;
import io.reelkeeper.session.SessionView;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.storage.Seen;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What became of a session's files.
@RestController
@RequestMapping("/v1/sessions/{id}")
class FilesController {

  private static final String HLS = "application/vnd.apple.mpegurl";

  private final OwnSessions own;
  private final Audits audits;
  private final SessionViews views;
  private final MergedPlaylist playlists;

  FilesController(OwnSessions own, Audits audits, SessionViews views, MergedPlaylist playlists) {
    this.own = own;
    this.audits = audits;
    this.views = views;
    this.playlists = playlists;
  }

  @Operation(summary = "Look into the bucket now")
  @ApiResponse(responseCode = "202", description = "It is being looked for; `audit` will tell")
  @Problems(Problem.NOT_FOUND)
  @PostMapping(path = "/audit", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<SessionView> audit(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @PathVariable String id) {
    Session session = own.get(caller, id);
    audits.now(session);
    return ResponseEntity.accepted()
        .location(URI.create("/v1/sessions/" + session.id()))
        .body(views.of(session));
  }

  @Operation(
      summary = "One playlist over all parts of the recording",
      description = "Its links are good for 15 minutes.")
  @Problems({Problem.INVALID_REQUEST, Problem.NOT_FOUND})
  @GetMapping(path = "/playlist.m3u8", produces = HLS)
  ResponseEntity<String> playlist(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @Parameter(
              description =
                  "`uid_s_<uid>__uid_e_<audio or video>`: whose, where users were recorded apart")
          @RequestParam(defaultValue = "")
          String track) {
    Session session = own.get(caller, id);
    List<String> tracks = playlists.tracks(session);
    if (session.mode() == Mode.INDIVIDUAL && tracks.size() > 1 && !tracks.contains(track)) {
      throw new ProblemException(Problem.INVALID_REQUEST, "The users were recorded apart.")
          .with(
              "errors",
              List.of(
                  Map.of(
                      "pointer",
                      "?track",
                      "detail",
                      "must be one of " + String.join(", ", tracks))));
    }
    return switch (playlists.of(session, track)) {
      case Seen.Readable<String>(String text) ->
          ResponseEntity.ok()
              .contentType(MediaType.parseMediaType(HLS))
              .header("Cache-Control", "no-store")
              .body(text);
      case Seen.Absent<String> _ ->
          throw new ProblemException(Problem.NOT_FOUND, "There is nothing to play yet.");
      case Seen<String> unseen ->
          throw new ProblemException(
              Problem.NOT_FOUND, "The bucket cannot be read: " + unseen.problem() + ".");
    };
  }
}
