package io.reelkeeper.api;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.api.problem.Problems;
import io.reelkeeper.api.request.UpdateRequests;
import io.reelkeeper.control.UpdateTask;
import io.reelkeeper.control.UpdateTask.Updated;
import io.reelkeeper.session.SessionView;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/// Changes of what is being recorded.
@RestController
@RequestMapping(path = "/v1/sessions/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
class UpdateController {

  /// Until Agora's own fail-over of a region, or the change before this one, is through.
  private static final String RETRY = "10";

  private final OwnSessions own;
  private final Sessions sessions;
  private final UpdateRequests requests;
  private final UpdateTask updates;
  private final SessionViews views;

  UpdateController(
      OwnSessions own,
      Sessions sessions,
      UpdateRequests requests,
      UpdateTask updates,
      SessionViews views) {
    this.own = own;
    this.sessions = sessions;
    this.requests = requests;
    this.updates = updates;
    this.views = views;
  }

  @Operation(
      summary = "Change whom a recording subscribes to, pause a page, push it elsewhere",
      description =
          "Agora's `update`. A new subscription replaces the earlier one. What Agora accepted holds"
              + " for recorders that take over later, too.")
  @Parameter(
      in = ParameterIn.HEADER,
      name = "Prefer",
      description =
          "`wait=<seconds>`, 0 to 60, 20 by default: how long to wait for the answer to an earlier"
              + " change of the session",
      example = "wait=20",
      schema = @Schema(implementation = String.class))
  @ApiResponse(responseCode = "200", description = "Agora accepted the change")
  @Problems({
    Problem.INVALID_REQUEST,
    Problem.NOT_FOUND,
    Problem.NOT_RECORDING,
    Problem.PAYLOAD_TOO_LARGE,
    Problem.UNSUPPORTED_MEDIA_TYPE,
    Problem.PROVIDER_REJECTED,
    Problem.PROVIDER_UNAVAILABLE
  })
  @PatchMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  SessionView update(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @Parameter(hidden = true) @RequestHeader HttpHeaders headers,
      @RequestBody byte[] body) {
    Preferences preferences = Preferences.of(headers);
    Session session = own.get(caller, id);
    return change(session, preferences, requests.update(session, body));
  }

  @Operation(
      summary = "Change the layout of a composite recording",
      description =
          "Agora's `updateLayout`. What is left out stays as it is, null brings back Agora's"
              + " default.")
  @Parameter(
      in = ParameterIn.HEADER,
      name = "Prefer",
      description =
          "`wait=<seconds>`, 0 to 60, 20 by default: how long to wait for the answer to an earlier"
              + " change of the session",
      example = "wait=20",
      schema = @Schema(implementation = String.class))
  @ApiResponse(responseCode = "200", description = "Agora accepted the layout")
  @Problems({
    Problem.INVALID_REQUEST,
    Problem.NOT_FOUND,
    Problem.NOT_RECORDING,
    Problem.PAYLOAD_TOO_LARGE,
    Problem.UNSUPPORTED_MEDIA_TYPE,
    Problem.PROVIDER_REJECTED,
    Problem.PROVIDER_UNAVAILABLE
  })
  @PutMapping(path = "/layout", consumes = MediaType.APPLICATION_JSON_VALUE)
  SessionView layout(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
      @PathVariable String id,
      @Parameter(hidden = true) @RequestHeader HttpHeaders headers,
      @RequestBody byte[] body) {
    Preferences preferences = Preferences.of(headers);
    Session session = own.get(caller, id);
    return change(session, preferences, requests.layout(session, body));
  }

  private SessionView change(Session session, Preferences preferences, JsonNode change) {
    return switch (updates.change(session.id(), change, preferences.patience())) {
      case Updated.Done(Session done) -> views.of(sessions.find(done.id()).orElse(done));
      case Updated.NotRecording(Session idle) ->
          throw new ProblemException(
              Problem.NOT_RECORDING,
              idle.status() == Session.Status.RECORDING
                  ? "Agora does not find the recorder; it is being looked for."
                  : "The session has no live recorder at the moment: it is %s."
                      .formatted(idle.status().word()));
      case Updated.Rejected(Session.Refusal refusal) -> throw StartAnswers.rejected(refusal);
      case Updated.Unheard(String why) ->
          throw new ProblemException(
                  Problem.PROVIDER_UNAVAILABLE,
                  "Agora did not answer usably (%s). The change may be in force or not and counts"
                          .formatted(why)
                      + " as not made; send it again.")
              .header(HttpHeaders.RETRY_AFTER, RETRY);
      case Updated.Crowded() ->
          throw new ProblemException(
                  Problem.PROVIDER_UNAVAILABLE,
                  "Another change of this session still waits for Agora's answer; nothing was"
                      + " sent.")
              .header(HttpHeaders.RETRY_AFTER, RETRY);
    };
  }
}
