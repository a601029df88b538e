package io.reelkeeper.checklist;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.Problems;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// How much room an App ID has.
@RestController
@RequestMapping(path = "/v1/apps/{app}", produces = MediaType.APPLICATION_JSON_VALUE)
class QuotaController {

  private final Quotas quotas;
  private final ChecklistSettings settings;

  QuotaController(Quotas quotas, ChecklistSettings settings) {
    this.quotas = quotas;
    this.settings = settings;
  }

  @Operation(summary = "Requests per second and workers of an App ID: limit, in use, forecast")
  @Problems(Problem.NOT_FOUND)
  @GetMapping("/quota")
  QuotaView quota(
      @Parameter(hidden = true) @AuthenticationPrincipal Caller caller, @PathVariable String app) {
    return quotas.of(app, settings.app(caller, app));
  }
}
