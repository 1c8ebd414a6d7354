package io.firesteel.model.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.Chat;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The agent of the README, as it stands there. */
class AgentTest {
  private static final List<Trip> BOOKED = new ArrayList<>();

  // An agent with one tool, from here on…
  record Trip(
      @Description("Where to start") String pickup, @Description("Where to go") String dropoff) {}

  static String agent(String question) throws IOException {
    Toolbox tools =
        Toolbox.empty().with("order_taxi", "Order a taxi", Trip.class, AgentTest::order);
    ChatOptions options =
        ChatOptions.DEFAULT.withTools(tools.tools()).withGeneration(GenerationOptions.GREEDY);
    try (Model model = Model.embedded();
        Chat chat = model.chat(options)) {
      return chat.run(question, tools).text();
    }
  }

  static Map<String, String> order(Trip trip) {
    BOOKED.add(trip);
    return Map.of("status", "ordered");
  }

  // … to here.

  @Test
  void anAgentOfTwentyLinesCallsItsToolAndAnswers() throws IOException {
    String answer = agent("Order a taxi from the market to the island.");
    assertEquals(List.of(new Trip("market", "island")), BOOKED);
    assertTrue(answer.contains("market"), answer);
  }
}
