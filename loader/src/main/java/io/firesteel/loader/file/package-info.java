/**
 * Files as the rest of Firesteel writes them: whole or not at all, with progress that anyone can
 * listen to and errors that say what to do about a full disk.
 */
package io.firesteel.loader.file;
