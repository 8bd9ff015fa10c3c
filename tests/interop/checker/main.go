// A second reader of the central log, which shares no line with the product: it reads a folder of files as the log serves
// them (C2SP tlog-tiles, tlog-checkpoint, signed-note, tlog-proof) and checks them by the arithmetic of golang.org/x/mod.
//
//	checker FOLDER KEY
//
// FOLDER holds `checkpoint`, `tile/…`, `proofs` (one claim a line) and `receipts/*.tlog-proof`. Prints what it checked;
// ends with 1 where anything is bad.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

var bad int

func report(format string, values ...interface{}) {
	bad++
	if bad <= 20 {
		fmt.Printf("bad: "+format+"\n", values...)
	}
}

func must(err error, what string) {
	if err != nil {
		fmt.Printf("bad: %s: %v\n", what, err)
		os.Exit(1)
	}
}

// files reads tiles by their C2SP paths; the reader of x/mod proves each of them against the tree before it is used.
type files struct {
	folder string
	known  map[tlog.Tile][]byte
}

func (f *files) Height() int                                { return tileHeight }
func (f *files) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (f *files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, ok := f.known[tile]
		if !ok {
			// x/mod writes the height into the path, and C2SP does not.
			path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
			read, err := os.ReadFile(filepath.Join(f.folder, path))
			if err != nil {
				return nil, err
			}
			data = read
			f.known[tile] = data
		}
		all = append(all, data)
	}
	return all, nil
}

func parseHash(text string) (tlog.Hash, error) {
	var hash tlog.Hash
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(data) != len(hash) {
		return hash, fmt.Errorf("no hash: %q", text)
	}
	copy(hash[:], data)
	return hash, nil
}

// openCheckpoint believes a note that the key signed: origin, size and root, and nothing more.
func openCheckpoint(text []byte, verifier note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, fmt.Errorf("no checkpoint of this log: %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("no size: %q", lines[1])
	}
	root, err := parseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// checkEntries reads every bundle of entries and compares each entry with the hash in the proven tile.
func checkEntries(folder string, tree tlog.Tree, hashes tlog.HashReader) (count int64) {
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		width := tree.N - first
		if width > 1<<tileHeight {
			width = 1 << tileHeight
		}
		tile := tlog.Tile{H: tileHeight, L: -1, N: first >> tileHeight, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		bundle, err := os.ReadFile(filepath.Join(folder, path))
		must(err, path)
		var indexes []int64
		for i := int64(0); i < width; i++ {
			indexes = append(indexes, tlog.StoredHashIndex(0, first+i))
		}
		wanted, err := hashes.ReadHashes(indexes)
		if err != nil {
			report("tiles of %s: %v", path, err)
			continue
		}
		for i := int64(0); i < width; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(bundle[0])<<8+int(bundle[1]) {
				report("%s ends early", path)
				break
			}
			size := int(bundle[0])<<8 + int(bundle[1])
			if tlog.RecordHash(bundle[2:2+size]) != wanted[i] {
				report("entry %d is not the leaf of the tree", first+i)
			}
			bundle = bundle[2+size:]
			count++
		}
		if len(bundle) != 0 {
			report("%s does not end with its last entry", path)
		}
	}
	return count
}

func sameHashes(a, b []tlog.Hash) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// checkProof reads `inclusion SIZE INDEX hash…` or `consistency SIZE OLD hash…`: the claim must hold for the roots and leaves
// that the tiles give, and be the very proof that x/mod makes.
func checkProof(line string, hashes tlog.HashReader) error {
	words := strings.Fields(line)
	if len(words) < 3 {
		return fmt.Errorf("no claim")
	}
	size, err1 := strconv.ParseInt(words[1], 10, 64)
	place, err2 := strconv.ParseInt(words[2], 10, 64)
	if err1 != nil || err2 != nil {
		return fmt.Errorf("no numbers")
	}
	var path []tlog.Hash
	for _, word := range words[3:] {
		hash, err := parseHash(word)
		if err != nil {
			return err
		}
		path = append(path, hash)
	}
	root, err := tlog.TreeHash(size, hashes)
	if err != nil {
		return err
	}
	switch words[0] {
	case "inclusion":
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, place)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(path, size, root, place, leaf[0]); err != nil {
			return err
		}
		own, err := tlog.ProveRecord(size, place, hashes)
		if err != nil || !sameHashes(own, path) {
			return fmt.Errorf("another proof than ours: %v", err)
		}
		return nil
	case "consistency":
		old, err := tlog.TreeHash(place, hashes)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(path, size, root, place, old); err != nil {
			return err
		}
		own, err := tlog.ProveTree(size, place, hashes)
		if err != nil || !sameHashes(own, path) {
			return fmt.Errorf("another proof than ours: %v", err)
		}
		return nil
	}
	return fmt.Errorf("an unknown claim")
}

// checkReceipt reads a tlog-proof: the path must lead from the leaf of the tiles to the root of a checkpoint that the key signed, and
// this checkpoint must be a part of the tree that is served.
func checkReceipt(text []byte, verifier note.Verifier, tree tlog.Tree, hashes tlog.HashReader) error {
	parts := bytes.SplitN(text, []byte("\n\n"), 2)
	if len(parts) != 2 {
		return fmt.Errorf("no checkpoint")
	}
	head, err := openCheckpoint(parts[1], verifier)
	if err != nil {
		return err
	}
	lines := strings.Split(string(parts[0]), "\n")
	if lines[0] != "c2sp.org/tlog-proof@v1" {
		return fmt.Errorf("no tlog-proof")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return fmt.Errorf("no index")
	}
	index, err := strconv.ParseInt(lines[0][len("index "):], 10, 64)
	if err != nil {
		return err
	}
	var path []tlog.Hash
	for _, line := range lines[1:] {
		hash, err := parseHash(line)
		if err != nil {
			return err
		}
		path = append(path, hash)
	}
	if head.N > tree.N {
		return fmt.Errorf("a checkpoint of %d leaves beside a tree of %d", head.N, tree.N)
	}
	root, err := tlog.TreeHash(head.N, hashes)
	if err != nil {
		return err
	}
	if root != head.Hash {
		return fmt.Errorf("a checkpoint of another tree")
	}
	leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, head.N, head.Hash, index, leaf[0])
}

func main() {
	if len(os.Args) != 3 {
		fmt.Println("checker FOLDER KEY")
		os.Exit(2)
	}
	folder := os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	must(err, "key")
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	must(err, "checkpoint")
	tree, err := openCheckpoint(text, verifier)
	must(err, "checkpoint")
	hashes := tlog.TileHashReader(tree, &files{folder, map[tlog.Tile][]byte{}})
	entries := checkEntries(folder, tree, hashes)

	proofs := 0
	claims, err := os.Open(filepath.Join(folder, "proofs"))
	must(err, "proofs")
	lines := bufio.NewScanner(claims)
	lines.Buffer(nil, 1<<16)
	for lines.Scan() {
		proofs++
		if err := checkProof(lines.Text(), hashes); err != nil {
			report("proof %d: %v", proofs, err)
		}
	}
	must(lines.Err(), "proofs")

	receipts, err := filepath.Glob(filepath.Join(folder, "receipts", "*.tlog-proof"))
	must(err, "receipts")
	for _, path := range receipts {
		text, err := os.ReadFile(path)
		must(err, path)
		if err := checkReceipt(text, verifier, tree, hashes); err != nil {
			report("%s: %v", filepath.Base(path), err)
		}
	}
	fmt.Printf("%d leaves, %d entries, %d proofs, %d receipts: %d bad\n", tree.N, entries, proofs, len(receipts), bad)
	if bad > 0 {
		os.Exit(1)
	}
}
