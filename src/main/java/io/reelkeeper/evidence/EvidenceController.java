package io.reelkeeper.evidence;

import io.reelkeeper.api.OwnSessions;
import io.reelkeeper.api.Page;
import io.reelkeeper.api.Query;
import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.Problems;
import io.reelkeeper.provider.CallJournal;
import io.reelkeeper.session.state.Session;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.List;
import org.springframework.core.io.Resource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// What happened to a session, for whoever wonders.
@RestController
@RequestMapping(path = "/v1/sessions/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
class EvidenceController {

  private final OwnSessions own;
  private final Timeline timeline;
  private final CallJournal calls;
  private final EvidenceZip zip;

  EvidenceController(OwnSessions own, Timeline timeline, CallJournal calls, EvidenceZip zip) {
    this.zip = zip;
    this.own = own;
    this.timeline = timeline;
    this.calls = calls;
  }

  @Operation(summary = "Every request, notification and decision in the order of time")
  @Parameter(
      in = ParameterIn.QUERY,
      name = "limit",
      description = "1 to 200, 50 by default",
      schema = @Schema(implementation = Integer.class))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "cursor",
      description = "`next` of the page before",
      schema = @Schema(implementation = String.class))
  @Problems({Problem.INVALID_REQUEST, Problem.NOT_FOUND})
  @GetMapping("/timeline")
  Page<Moment> timeline(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @Parameter(hidden = true) @RequestParam MultiValueMap<String, String> parameters) {
    var query = new Query(parameters);
    int limit = query.limit();
    Timeline.Place from = query.cursor(Timeline.Place::parse);
    return timeline.of(own.get(caller, id), from == null ? Timeline.Place.START : from, limit);
  }

  @Operation(summary = "The calls to Agora: full request and response, secrets redacted")
  @Parameter(
      in = ParameterIn.QUERY,
      name = "limit",
      description = "1 to 200, 50 by default",
      schema = @Schema(implementation = Integer.class))
  @Parameter(
      in = ParameterIn.QUERY,
      name = "cursor",
      description = "`next` of the page before",
      schema = @Schema(implementation = String.class))
  @Problems({Problem.INVALID_REQUEST, Problem.NOT_FOUND})
  @GetMapping("/calls")
  Page<CallView> calls(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @Parameter(hidden = true) @RequestParam MultiValueMap<String, String> parameters) {
    var query = new Query(parameters);
    int limit = query.limit();
    CallJournal.Cursor from = query.cursor(EvidenceController::cursor);
    Session session = own.get(caller, id);
    List<CallJournal.Entry> found =
        calls.of(session.id(), from == null ? CallJournal.Cursor.START : from, limit + 1);
    return Page.of(found, limit, call -> call.at() + " " + call.seq(), CallView::of);
  }

  @Operation(summary = "One ZIP to hand to Agora's support")
  @ApiResponse(
      responseCode = "200",
      description = "summary.md and what it is drawn from, secrets redacted",
      content =
          @Content(
              mediaType = "application/zip",
              schema = @Schema(type = "string", format = "binary")))
  @Problems(Problem.NOT_FOUND)
  @GetMapping(
      path = "/evidence",
      produces = {"application/zip", PROBLEM})
  ResponseEntity<Resource> evidence(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @PathVariable String id) {
    return zip.of(own.get(caller, id));
  }

  private static final String PROBLEM = MediaType.APPLICATION_PROBLEM_JSON_VALUE;

  private static CallJournal.Cursor cursor(String text) {
    int space = text.indexOf(' ');
    if (space < 0) {
      throw new IllegalArgumentException("not a place in a journal");
    }
    return new CallJournal.Cursor(
        Query.instantOf(text.substring(0, space)), Long.parseLong(text.substring(space + 1)));
  }
}
