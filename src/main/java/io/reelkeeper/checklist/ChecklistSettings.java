package io.reelkeeper.checklist;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The limits of each App ID, as configured and checked elsewhere.
@ConfigurationProperties("reelkeeper")
record ChecklistSettings(
    @DefaultValue("http://localhost:8080") URI publicUrl,
    @DefaultValue Map<String, App> apps,
    @DefaultValue Sandbox sandbox) {

  record Sandbox(@DefaultValue("false") boolean enabled) {}

  /// @param appId not used here; an App ID without any figure of its own is known by it
  /// @param concurrentWorkers recorders that Agora allows at once (PCW)
  /// @param webhookSecret whether there is one: without it notifications are not taken
  record App(
      @DefaultValue("") String appId,
      @DefaultValue("50") int concurrentWorkers,
      @DefaultValue List<String> webhookSecret,
      @DefaultValue Domains domains) {

    @Override
    public String toString() {
      return "App[" + appId + "]";
    }
  }

  /// @param location where this service runs, such as `eu-central-1`; empty where it is not said
  record Domains(@DefaultValue("") String location) {}

  /// @throws ProblemException 404 when there is no such app, or it is not the caller's
  App app(Caller caller, String name) {
    App app = apps.get(name);
    if (app == null || !caller.mayUse(name)) {
      throw new ProblemException(Problem.NOT_FOUND, "There is no app of this name.");
    }
    return app;
  }
}
