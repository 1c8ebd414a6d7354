package io.firesteel.server;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chat page in a real browser; screenshots go to {@code target/screenshots}. */
class PageTest {
  private static TestServer server;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException {
    Optional<Path> program = Browser.find();
    Assumptions.assumeTrue(
        program.isPresent(), "no Chromium here; install it (Debian: chromium) to test the page");
    server = TestServer.start();
    browser = Browser.start(program.get());
  }

  @AfterAll
  static void stop() throws IOException {
    if (browser != null) {
      browser.close();
      server.close();
    }
  }

  private static void openPage() {
    browser.screen(1200, 800, false);
    browser.colours("light");
    browser.open(server.uri("/"));
    browser.evaluate("localStorage.clear()");
    browser.open(server.uri("/?fresh"));
    browser.waitFor("document.getElementById('model').textContent.includes('firesteel')");
  }

  private static void say(String text) {
    browser.evaluate(
        "document.getElementById('input').value = "
            + quoted(text)
            + "; document.getElementById('composer').requestSubmit()");
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'";
  }

  /** Lets the page get a made-up answer: the events of a stream. */
  private static void answerWith(String... deltas) {
    StringBuilder events = new StringBuilder();
    for (String delta : deltas) {
      events
          .append("data: {\"choices\": [{\"index\": 0, \"delta\": ")
          .append(delta)
          .append("}]}\n\n");
    }
    events.append("data: [DONE]\n\n");
    browser.evaluate(
        "window.realFetch ??= window.fetch; window.fetch = async (url, options) =>"
            + " url === '/v1/chat/completions' ? new Response("
            + quoted(events.toString())
            + ") : window.realFetch(url, options)");
  }

  @Test
  void streamsAnAnswerAndRemembersTheConversation() {
    openPage();
    browser.evaluate("document.getElementById('temperature').value = '0'");
    say("What is 345 + 87?");
    browser.waitFor(
        "document.getElementById('stop').hidden && document.querySelector('.assistant .foot"
            + " span')");
    String answer = browser.text(".assistant .text");
    assertTrue(answer.contains("432"), answer);
    assertTrue(browser.text(".assistant .foot").contains("tokens"), browser.text(".foot"));
    say("And 12 + 30?");
    browser.waitFor(
        "document.querySelectorAll('.assistant .foot span').length === 2 &&"
            + " document.getElementById('stop').hidden");
    assertEquals(2, browser.evaluate("document.querySelectorAll('.user').length").intValue());
  }

  @Test
  void stopsAnAnswerAndFreesIt() throws InterruptedException {
    openPage();
    browser.evaluate(
        "window.realFetch ??= window.fetch; window.fetch = (url, options) => { if (options?.body) {"
            + " const body = JSON.parse(options.body); body.ignore_eos = true;"
            + " options.body = JSON.stringify(body); } return window.realFetch(url, options); }");
    say("Tell me a long story.");
    browser.waitFor("document.querySelector('.assistant .text').textContent.length > 40");
    assertFalse(browser.evaluate("document.getElementById('stop').hidden").booleanValue());
    browser.evaluate("document.getElementById('stop').click()");
    browser.waitFor("document.getElementById('stop').hidden");
    assertEquals("stopped", browser.text(".assistant .foot span"));
    assertTrue(server.becomesIdle(), "the answer goes on without its reader");
  }

  @Test
  void foldsThoughtsAndRendersMarkdownAsTextNotAsMarkup() {
    openPage();
    answerWith(
        "{\"reasoning_content\": \"Let me think.\"}",
        "{\"content\": \"# Title\\n"
            + "\\n"
            + "**bold** `code` <img src=x onerror=alert(1)> [bad](javascript:alert(1))"
            + " [good](https://example.org)\\n"
            + "\\n"
            + "```java\\n"
            + "int x;\\n"
            + "```\"}",
        "{\"content\": \"\\n"
            + "\\n"
            + "| a | b |\\n"
            + "| - | - |\\n"
            + "| 1 | 2 |\\n"
            + "\\n"
            + "1. one\\n"
            + "2. two\"}");
    say("hello");
    browser.waitFor("document.querySelector('.assistant .foot button')");
    assertAll(
        () ->
            assertFalse(
                browser.evaluate("document.querySelector('details.thought').open").booleanValue()),
        () ->
            assertEquals(
                "Let me think.",
                browser
                    .evaluate("document.querySelector('details.thought div').textContent")
                    .stringValue()),
        () -> assertEquals("Title", browser.text(".text h1")),
        () -> assertEquals("bold", browser.text(".text strong")),
        () -> assertEquals("int x;", browser.text(".text pre code")),
        () -> assertEquals("2", browser.text(".text tbody td:nth-child(2)")),
        () -> assertEquals("two", browser.text(".text ol li:nth-child(2)")),
        () ->
            assertEquals(
                0, browser.evaluate("document.querySelectorAll('.text img').length").intValue()),
        () ->
            assertEquals(
                1, browser.evaluate("document.querySelectorAll('.text a').length").intValue()));
  }

  @Test
  void showsToolCallsAndReturnsTheirResults() {
    openPage();
    browser.evaluate(
        "document.getElementById('temperature').value = '0';"
            + " document.getElementById('tools').value = JSON.stringify([{type: 'function',"
            + " function: {name: 'set_alarm', description: 'Set an alarm', parameters: {type:"
            + " 'object', properties: {time: {type: 'string'}}, required: ['time']}}}])");
    say("Set an alarm for 7:30.");
    browser.waitFor("document.querySelector('.call .row button')");
    assertTrue(browser.text(".call h3").contains("set_alarm"));
    assertTrue(browser.text(".call pre").contains("7:30"), browser.text(".call pre"));
    browser.evaluate(
        "document.querySelector('.call textarea').value = '{\"status\": \"ok\"}';"
            + " document.querySelector('.call .row button').click()");
    browser.waitFor(
        "document.querySelectorAll('.assistant').length === 2 &&"
            + " document.getElementById('stop').hidden");
    assertTrue(browser.text(".call .result").contains("ok"));
  }

  @Test
  void showsWhatTheServerRefuses() {
    openPage();
    browser.evaluate("document.getElementById('max_tokens').value = '-3'");
    say("hello");
    browser.waitFor("document.querySelector('.assistant .error')");
    assertTrue(browser.text(".error").contains("max_tokens"), browser.text(".error"));
  }

  @ParameterizedTest
  @CsvSource({
    "desktop, light, 1200, 800, false",
    "desktop, dark, 1200, 800, false",
    "phone, light, 390, 844, true",
    "phone, dark, 390, 844, true"
  })
  void looksRight(String device, String colours, int width, int height, boolean phone)
      throws IOException {
    openPage();
    browser.screen(width, height, phone);
    browser.colours(colours);
    answerWith(
        "{\"reasoning_content\": \"The user wants the sum of two numbers. 345 + 87 = 432.\"}",
        "{\"content\": \"The sum is **432**.\\n"
            + "\\n"
            + "```java\\n"
            + "int sum = 345 + 87; // 432\\n"
            + "```\\n"
            + "\\n"
            + "| number | value |\\n"
            + "| --- | --- |\\n"
            + "| first | 345 |\\n"
            + "| second | 87 |\\n"
            + "\\n"
            + "- add the ones: 5 + 7 = 12\\n"
            + "- add the rest\"}",
        "{\"tool_calls\": [{\"index\": 0, \"id\": \"call_1\", \"type\": \"function\", \"function\":"
            + " {\"name\": \"calculator\", \"arguments\":"
            + " \"{\\\"expression\\\": \\\"345 + 87\\\"}\"}}]}");
    say("What is 345 + 87? Show how you get there, please.");
    browser.waitFor("document.querySelector('.call .row button')");
    browser.screenshot(Path.of("target/screenshots", device + "-" + colours + ".png"));
    int overflow =
        browser
            .evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .intValue();
    assertEquals(0, overflow, "wider than the screen");
    browser.evaluate("document.getElementById('open-settings').click()");
    browser.screenshot(Path.of("target/screenshots", device + "-" + colours + "-settings.png"));
    assertTrue(
        browser
            .evaluate(
                "(r => r.left >= 0 && r.right <= innerWidth && r.bottom <= innerHeight)"
                    + "(document.getElementById('settings').getBoundingClientRect())")
            .booleanValue(),
        "the settings do not fit the screen");
    String back = browser.evaluate("getComputedStyle(document.body).backgroundColor").stringValue();
    assertEquals(colours.equals("dark") ? "rgb(22, 23, 27)" : "rgb(251, 250, 248)", back);
  }
}
