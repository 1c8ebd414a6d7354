/** What operators ask of a server: whether it is well, its metrics, its tokenizer, its page. */
package io.firesteel.server.admin;
