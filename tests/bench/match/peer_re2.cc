/*
 * FilteredRE2 with Aho-Corasick: RE2 tells which atoms its patterns need, an automaton finds the atoms
 * of a text, and only the patterns whose atoms are there are run. The only C++ here: RE2 has no other
 * interface.
 */
#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <cstdlib>
#include <memory>
#include <queue>
#include <string>
#include <unordered_map>
#include <vector>

#include "re2_bridge.h"

namespace {

/* Aho-Corasick over bytes, transitions in one hash map: small, and quick enough beside RE2. */
class Automaton {
public:
	explicit Automaton(const std::vector<std::string> &atoms)
	{
		nodes_.emplace_back();
		for (size_t i = 0; i < atoms.size(); i++)
			add(atoms[i], static_cast<int>(i));
		link();
	}

	/* Each atom of the text once. */
	void find(const char *text, size_t len, std::vector<int> *atoms)
	{
		uint32_t node = 0;

		atoms->clear();
		stamp_++;
		for (size_t i = 0; i < len; i++) {
			node = step(node, static_cast<unsigned char>(text[i]));
			for (uint32_t at = node; at != 0; at = nodes_[at].next_end) {
				if (nodes_[at].stamp == stamp_)
					break; /* and so were all behind it */
				nodes_[at].stamp = stamp_;
				if (nodes_[at].atom >= 0)
					atoms->push_back(nodes_[at].atom);
			}
		}
	}

private:
	struct Node {
		uint32_t fail = 0, next_end = 0, stamp = 0;
		int atom = -1;
		uint32_t dense = 0; /* index + 1 of a full row, for the nodes near the root */
	};

	static uint64_t key(uint32_t node, unsigned char c) { return static_cast<uint64_t>(node) << 8 | c; }

	void add(const std::string &atom, int number)
	{
		uint32_t node = 0;

		for (unsigned char c : atom) {
			uint32_t &next = edges_[key(node, c)];

			if (next == 0) {
				next = static_cast<uint32_t>(nodes_.size());
				nodes_.emplace_back();
				children_of(node).push_back(c);
			}
			node = next;
		}
		nodes_[node].atom = number;
	}

	std::vector<unsigned char> &children_of(uint32_t node)
	{
		if (children_.size() <= node)
			children_.resize(node + 1);
		return children_[node];
	}

	uint32_t edge(uint32_t node, unsigned char c) const
	{
		auto found = edges_.find(key(node, c));

		return found == edges_.end() ? 0 : found->second;
	}

	uint32_t step(uint32_t node, unsigned char c) const
	{
		for (;;) {
			if (nodes_[node].dense != 0)
				return rows_[nodes_[node].dense - 1][c];
			uint32_t next = edge(node, c);

			if (next != 0 || node == 0)
				return next;
			node = nodes_[node].fail;
		}
	}

	/* Breadth first: links to the longest ending that is a beginning; the first nodes get full rows. */
	void link()
	{
		std::queue<uint32_t> queue;

		queue.push(0);
		while (!queue.empty()) {
			uint32_t node = queue.front();

			queue.pop();
			for (unsigned char c : children_of(node)) {
				uint32_t child = edge(node, c);

				nodes_[child].fail = node == 0 ? 0 : step(nodes_[node].fail, c);
				uint32_t fail = nodes_[child].fail;
				nodes_[child].next_end =
					nodes_[fail].atom >= 0 ? fail : nodes_[fail].next_end;
				queue.push(child);
			}
			if (rows_.size() < 20000) {
				std::vector<uint32_t> row(256);

				for (unsigned c = 0; c < 256; c++) {
					uint32_t next = edge(node, static_cast<unsigned char>(c));

					row[c] = next != 0 || node == 0
							 ? next
							 : step(nodes_[node].fail, static_cast<unsigned char>(c));
				}
				rows_.push_back(std::move(row));
				nodes_[node].dense = static_cast<uint32_t>(rows_.size());
			}
		}
	}

	std::vector<Node> nodes_;
	std::vector<std::vector<unsigned char>> children_;
	std::unordered_map<uint64_t, uint32_t> edges_;
	std::vector<std::vector<uint32_t>> rows_;
	uint32_t stamp_ = 0;
};

} // namespace

struct re2_filter {
	re2::FilteredRE2 filter;
	std::vector<std::string> atoms;
	std::unique_ptr<Automaton> automaton;
	std::vector<int> seen, matching;
};

struct re2_filter *re2_filter_new(void)
{
	return new re2_filter;
}

bool re2_filter_add(struct re2_filter *filter, const char *pattern, size_t len, int *ret_id)
{
	RE2::Options options(RE2::Latin1);

	options.set_log_errors(false);
	return filter->filter.Add(re2::StringPiece(pattern, len), options, ret_id) == RE2::NoError;
}

void re2_filter_compile(struct re2_filter *filter)
{
	filter->filter.Compile(&filter->atoms);
	filter->automaton.reset(new Automaton(filter->atoms));
}

size_t re2_filter_match(struct re2_filter *filter, const char *text, size_t len, const int **ret)
{
	filter->automaton->find(text, len, &filter->seen);
	filter->matching.clear();
	filter->filter.AllMatches(re2::StringPiece(text, len), filter->seen, &filter->matching);
	*ret = filter->matching.data();
	return filter->matching.size();
}

void re2_filter_free(struct re2_filter *filter)
{
	delete filter;
}
