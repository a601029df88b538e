package io.reelkeeper.checklist;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.Problems;
import io.reelkeeper.api.request.StartRequests;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Whether an App ID is set up well, and whether a request would record.
@RestController
@RequestMapping(path = "/v1/apps/{app}", produces = MediaType.APPLICATION_JSON_VALUE)
class ChecklistController {

  private final Checklists checklists;
  private final Preflights preflights;
  private final StartRequests requests;
  private final ChecklistSettings settings;

  ChecklistController(
      Checklists checklists,
      Preflights preflights,
      StartRequests requests,
      ChecklistSettings settings) {
    this.checklists = checklists;
    this.preflights = preflights;
    this.requests = requests;
    this.settings = settings;
  }

  @Operation(summary = "Agora's integration checklist, ticked from live evidence")
  @Problems(Problem.NOT_FOUND)
  @GetMapping("/checklist")
  Checklist checklist(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @PathVariable String app) {
    settings.app(caller, app);
    return checklists.of(app);
  }

  @Operation(summary = "Whether a start request would record; nothing is started")
  @Problems({
    Problem.INVALID_REQUEST,
    Problem.NOT_FOUND,
    Problem.PAYLOAD_TOO_LARGE,
    Problem.UNSUPPORTED_MEDIA_TYPE
  })
  @PostMapping(path = "/preflight", consumes = MediaType.APPLICATION_JSON_VALUE)
  Preflight preflight(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
      @PathVariable String app,
      @RequestBody byte[] body) {
    settings.app(caller, app);
    return preflights.of(requests.readFor(app, caller, body));
  }
}
