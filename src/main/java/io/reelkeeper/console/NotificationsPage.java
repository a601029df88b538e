package io.reelkeeper.console;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.console.look.NotificationHealth;
import io.reelkeeper.console.look.Room;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;

/// Whether Agora's notifications reach us.
@Controller
class NotificationsPage {

  private final NotificationHealth health;
  private final Room room;

  NotificationsPage(NotificationHealth health, Room room) {
    this.health = health;
    this.room = room;
  }

  @GetMapping("/console/notifications")
  String notifications(
      @AuthenticationPrincipal Caller caller,
      @RequestHeader(name = "HX-Request", required = false) @Nullable String live,
      Model model) {
    List<NotificationHealth.Health> apps = health.of(room.apps(caller::mayUse));
    long troubled = apps.stream().filter(it -> !it.troubles().isEmpty()).count();
    model.addAttribute("apps", apps);
    model.addAttribute("troubled", troubled);
    model.addAttribute(
        "headline",
        troubled == 0
            ? "Nothing speaks against the notifications"
            : "Notifications of %d of %d apps are in trouble".formatted(troubled, apps.size()));
    return live == null ? "console/notifications" : "console/notifications :: live";
  }
}
