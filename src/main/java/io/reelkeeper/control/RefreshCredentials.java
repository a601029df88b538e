package io.reelkeeper.control;

import io.reelkeeper.core.Owner;
import io.reelkeeper.provider.Agora;
import io.reelkeeper.provider.Answer;
import io.reelkeeper.provider.Heard;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.Walk;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Gives a recorder the storage token of now, before the one that it has ends.
@Component
class RefreshCredentials implements Walk {

  private final Tasks tasks;
  private final Report report;
  private final Agora agora;
  private final StorageCredentials credentials;
  private final JsonMapper json;

  RefreshCredentials(
      Tasks tasks, Report report, Agora agora, StorageCredentials credentials, JsonMapper json) {
    this.tasks = tasks;
    this.report = report;
    this.agora = agora;
    this.credentials = credentials;
    this.json = json;
  }

  @Override
  public String kind() {
    return TimerKind.CREDENTIALS.name();
  }

  @Override
  public void run(String instance) {
    tasks.withTaskOf(instance, this::refresh);
  }

  private void refresh(Session session, Task task) {
    if (task.ended() || !task.wanted() || task.sid() == null) {
      return;
    }
    ObjectNode storage;
    try {
      storage = credentials.storageConfig(session.destination());
    } catch (StorageCredentials.Unusable | ClientRequests.NotAsAccepted unusable) {
      report.of(
          session,
          new Signal.StorageTokenLate(task.number(), String.valueOf(unusable.getMessage()), true));
      return;
    }
    ObjectNode request = json.createObjectNode();
    request.set("storageConfig", storage);
    report.of(session, signal(task, storage, agora.update(Recorders.of(session, task), request)));
  }

  private static Signal.OfTask signal(Task task, ObjectNode storage, Answer<Heard.Updated> answer) {
    return switch (answer) {
      case Answer.Granted<Heard.Updated> _ ->
          new Signal.CredentialsSent(task.number(), null, StorageCredentials.ends(storage));
      case Answer.Refused<Heard.Updated> refused ->
          new Signal.StorageTokenLate(
              task.number(), refused.reason(), refused.owner() != Owner.PROVIDER);
      case Answer.Busy<Heard.Updated> busy ->
          new Signal.StorageTokenLate(task.number(), busy.reason(), false);
      case Answer.Unheard<Heard.Updated> unheard ->
          new Signal.StorageTokenLate(task.number(), unheard.why(), false);
      case Answer.Postponed<Heard.Updated> _ ->
          new Signal.StorageTokenLate(task.number(), "no room in our own pace", false);
    };
  }
}
